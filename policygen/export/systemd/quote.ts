// Words of unit files. What a quoted word cannot hold for certain is left to be told, never guessed at.

import { printable } from '../../../native/contract/printable.js';

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
  const text = escaped(word).replaceAll('$', '$$$$');
  return /^[\w@%+=:,./~$-]+$/.test(text) && (at > 0 || !/^[@:!+-]/.test(text)) ? text : `"${text}"`;
}

/** `NAME=value` as Environment= takes it: always quoted. */
export const environmentWord = (assignment: string): string => `"${escaped(assignment)}"`;

const escaped = (word: string): string =>
  [...word]
    .map((char) => {
      if (char === '"' || char === '\\') return `\\${char}`;
      if (char === '%') return '%%';
      return CONTROLS.test(char) ? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}` : char;
    })
    .join('');

/** Text of a comment or a description: one line. */
export const oneLine = (text: string): string =>
  // A backslash at its end would take the next line in.
  printable(text).replaceAll('\\', '?').replaceAll('%', '%%');
