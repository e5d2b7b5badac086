// Patterns as AppArmor's globs, in quotes. Numbers and the like are variables of the profile, so that rules stay legible.
import type { Pattern, PatternPart } from '../../../native/contract/rules.js';
import { anyOf, type Reason, reason } from '../finding.js';

export interface Glob {
  text: string;
  wider: Reason[];
  narrower: Reason[];
}

const DIGITS = 20;
const HEXES = 32;
const HEX = '[0-9a-fA-F]';
const hexes = (count: number): string => HEX.repeat(count);
const upTo = (one: string, most: number): string => one + `{,${one}}`.repeat(most - 1);
const two = '[0-5][0-9]';
const day = '{0[1-9],[12][0-9],3[01]}';
const month = '{0[1-9],1[0-2]}';
const hour = '{[01][0-9],2[0-3]}';
const year = '[0-9][0-9][0-9][0-9]';
const joined = (marks: readonly string[], ...parts: string[]): string =>
  `{${marks.map((mark) => parts.join(mark)).join(',')}}`;

/** Variables of the profile, by the token they stand for. */
export const VARIABLES: Readonly<Record<string, string>> = {
  uint: upTo('[0-9]', DIGITS),
  hex: upTo(HEX, HEXES),
  guid: [8, 4, 4, 4, 12].map(hexes).join('-'),
  date: joined(['', '-', '_'], year, month, day),
  time: joined(['', '-', ':'], hour, two, two),
};

const NUMBERS = new Set(['pid', 'win.pid', 'peer.pid', 'peer.win.pid', 'uid', 'session']);
// As many characters of a name as AppArmor cannot take apart.
const SOME = '?*';

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNSAYABLE = /[\0-\x1f\x7f\\]/; // of a backslash before a quote the parser makes an end of its own
const SPECIAL = /["*?[\]{}^,]/g;

/** Text that stands for itself in a quoted glob; null where a line cannot hold it. */
export const quotedLiteral = (text: string): string | null =>
  UNSAYABLE.test(text) ? null : text.replace(SPECIAL, '\\$&');

/** A pattern as a quoted glob. Null for names that a profile cannot hold. */
export function globOf(pattern: Pattern): Glob | null {
  const glob: Glob = { text: '', wider: [], narrower: [] };
  for (const part of pattern) {
    const text = typeof part === 'string' ? quotedLiteral(part) : tokenOf(part, glob);
    if (text === null) return null;
    glob.text += text;
  }
  return { ...glob, text: `"${glob.text}"` };
}

function tokenOf(part: Exclude<PatternPart, string>, glob: Glob): string {
  const { token, width } = part;
  if (token === 'rest') return '{,**}';
  if (token === 'hex' && width !== undefined) return hexes(width);
  if (token === 'uint') glob.narrower.push(reason('DIGITS', `${DIGITS} digits`));
  if (token === 'hex') glob.narrower.push(reason('DIGITS', `${HEXES} digits`));
  if (Object.hasOwn(VARIABLES, token)) return `@{shuttle_${token}}`;
  glob.wider.push(anyOf(part));
  if (NUMBERS.has(token)) return '@{shuttle_uint}';
  return token === 'home' || token === 'temp' ? '/{,**}' : SOME;
}

/** The tokens of a glob that have to be defined before it. */
export const variablesIn = (lines: readonly string[]): string[] =>
  Object.keys(VARIABLES).filter((name) => lines.some((line) => line.includes(`@{shuttle_${name}}`)));
