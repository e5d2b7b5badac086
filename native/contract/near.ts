// What a person may have meant by a word that is not known.

// More mistakes than these are another word.
const MOST_MISTAKES = 3;
const MOST_OFFERED = 3;
// Longer words are names that somebody made up, not words that somebody mistyped.
const LONGEST = 100;

/** Of the known words those that are nearest to this one, if any is near: letters left out, added, wrong or swapped count. */
export function nearOf(word: string, known: Iterable<string>): string[] {
  if (word.length > LONGEST) return [];
  const plain = word.toLowerCase();
  let least = MOST_MISTAKES;
  let found: string[] = [];
  for (const one of new Set(known)) {
    const mistakes = plain === one.toLowerCase() ? 0 : distance(plain, one.toLowerCase());
    // Where much of a short word is wrong, it is another word.
    if (mistakes > least || mistakes >= word.length || mistakes > Math.max(1, Math.floor(word.length / 3))) continue;
    if (mistakes < least) found = [];
    least = mistakes;
    found.push(one);
  }
  return found.sort().slice(0, MOST_OFFERED);
}

/** ` (did you mean learn?)`, or nothing. */
export const meant = (word: string, known: Iterable<string>): string => offered(nearOf(word, known));

/** The same, of the words that are near. */
export const offered = (near: readonly string[]): string =>
  near.length === 0 ? '' : ` (did you mean ${near.join(' or ')}?)`;

/** Mistakes between two words, two letters that changed places being one; at most about MOST_MISTAKES are told apart. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MOST_MISTAKES) return MOST_MISTAKES + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before[j - 2]! + 1);
      row.push(least);
    }
    [before, last] = [last, row];
  }
  return last[b.length]!;
}
