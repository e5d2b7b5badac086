// Words of unit files. What a quoted word cannot hold for certain is left to be told, never guessed at.

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\0-\x1f\x7f]/;

/** A path of BindPaths= and its kin; null for names that such a list cannot hold. */
export function pathWord(path: string): string | null {
  if (CONTROLS.test(path) || /["'\\]/.test(path)) return null;
  const whole = path.replaceAll('%', '%%');
  return /^[\w@%+=,./~-]+$/.test(whole) ? whole : `"${whole}"`;
}

/** A word of ExecStart=; before the first one some characters would be orders to systemd. */
export function commandWord(word: string, at: number): string {
  const escaped = escape(word).replaceAll('$', '$$$$');
  return /^[\w@%+=:,./~$-]+$/.test(escaped) && (at > 0 || !/^[@:!+-]/.test(escaped)) ? escaped : `"${escaped}"`;
}

/** `NAME=value` as Environment= takes it: always quoted. */
export const environmentWord = (assignment: string): string => `"${escape(assignment)}"`;

const escape = (word: string): string =>
  [...word]
    .map((char) => {
      if (char === '"' || char === '\\') return `\\${char}`;
      if (char === '%') return '%%';
      return CONTROLS.test(char) ? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}` : char;
    })
    .join('');

/** Text of a comment or a description: one line. */
export const oneLine = (text: string): string => text.replace(/[^ -~\u00a0-\uffff]/gu, '?').replaceAll('%', '%%');
