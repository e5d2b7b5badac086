/** A word as a person would have to type it into a shell: quoted only where it must be. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./\p{L}-]+$/u.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
