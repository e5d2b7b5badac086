// The narrowest token that admits given values.
import type { PatternPart } from '../../native/contract/rules.js';

type TokenPart = Exclude<PatternPart, string>;

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const DATE = /^[12][0-9]{3}([-_]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12][0-9]|3[01])$/;
const TIME = /^(?:[01][0-9]|2[0-3])([-:]?)[0-5][0-9]\1[0-5][0-9]$/;
// Six digits that happen to be a time of day are not rare; several sets of them are.
const MANY = 3;

/** Null where no token but `{rest}` would do. Values are not empty. */
export function narrowest(values: readonly string[]): TokenPart | null {
  const all = (pattern: RegExp) => values.every((value) => pattern.test(value));
  const plainTime = () => values.length >= MANY || values.some((value) => value.length > 6);
  if (all(GUID)) return { token: 'guid' };
  if (all(DATE)) return { token: 'date' };
  if (all(TIME) && plainTime()) return { token: 'time' };
  if (all(/^[0-9]+$/)) return { token: 'uint' };
  if (all(/^[0-9a-fA-F]+$/) && values.some((value) => /[0-9]/.test(value))) return hexOf(values);
  if (all(/^[A-Za-z0-9_]+$/)) return { token: 'word' };
  return all(/^[^\\/:]+$/) ? { token: 'name' } : null;
}

function hexOf(values: readonly string[]): TokenPart {
  const width = values[0]!.length;
  return values.every((value) => value.length === width) ? { token: 'hex', width } : { token: 'hex' };
}

// What these pieces are, was plain from what stands beside them.
const KNOWN: Readonly<Record<string, RegExp>> = { guid: GUID, date: DATE, time: TIME };

/** The token of a piece that was cut out as a guid, a date or a time, if all values are one. */
export function knownAs(mask: string, values: readonly string[]): TokenPart | null {
  const pattern = KNOWN[mask];
  return pattern !== undefined && values.every((value) => pattern.test(value)) ? ({ token: mask } as TokenPart) : null;
}

/**
 * The values' pattern with what all of them begin and end with kept literal, as far as a piece of its own kind (letters,
 * digits, the rest) goes: a prefix that ends amid digits is chance.
 */
export function patternOf(values: readonly string[]): PatternPart[] | null {
  const shared = values.length < 2 ? 0 : sharedHead(values);
  const plain = partsOf(values, plainHead(values, shared));
  const letters = partsOf(values, shared);
  // One letter before hex of one width: `x7f3a9c01`.
  return plain !== null && letters !== null && isHidden(plain.token, letters.token, values)
    ? letters.parts
    : (plain?.parts ?? null);
}

const FEWEST_DIGITS = 16;

/** Whether what looked like words is hex, but for the letters before it; in so many digits that it is no chance. */
function isHidden(plain: TokenPart, letters: TokenPart, values: readonly string[]): boolean {
  if (!/^(word|name)$/.test(plain.token) || letters.token !== 'hex' || letters.width === undefined) return false;
  return letters.width * values.length >= FEWEST_DIGITS;
}

function partsOf(values: readonly string[], head: number): { parts: PatternPart[]; token: TokenPart } | null {
  const tail = values.length < 2 ? 0 : commonTail(values, head);
  const inner = values.map((value) => value.slice(head, value.length - tail));
  const token = narrowest(inner);
  if (token === null) return null;
  const first = values[0]!;
  const parts = [first.slice(0, head), token, tail === 0 ? '' : first.slice(-tail)].filter((part) => part !== '');
  return { parts, token };
}

const shortestOf = (values: readonly string[]): number =>
  values.reduce((shortest, { length }) => Math.min(shortest, length), Number.POSITIVE_INFINITY);

const kindOf = (char: string): string => (/\p{L}/u.test(char) ? 'letter' : /[0-9]/.test(char) ? 'digit' : char);

// So many letters that so many values share are no chance, even where more letters follow: `inode` of `inode8f3a`.
const LEAST = 2;
const SHARED = 6;
const ENOUGH = 5; // values, for a single letter
const isPlain = (length: number, { length: values }: readonly string[]): boolean =>
  (length >= LEAST && length * (values - 1) >= SHARED) || (length > 0 && values >= ENOUGH);

/** How much all values begin with; where that has digits, up to a sign after them. */
function sharedHead(values: readonly string[]): number {
  const first = values[0]!;
  const shortest = shortestOf(values);
  let head = 0;
  while (head < shortest - 1 && values.every((value) => value[head] === first[head])) head++;
  while (head > 0 && /[0-9]/.test(first.slice(0, head)) && isWordly(first[head - 1]!)) head--;
  return head;
}

const isWordly = (char: string): boolean => /[\p{L}\p{N}_]/u.test(char);

function plainHead(values: readonly string[], shared: number): number {
  const cut = (at: number) => at > 0 && values.some((value) => kindOf(value[at]!) === kindOf(value[at - 1]!));
  let head = shared;
  while (cut(head) && !isPlain(head, values)) head--;
  return head;
}

function commonTail(values: readonly string[], head: number): number {
  const first = values[0]!;
  const shortest = shortestOf(values) - head;
  const at = (value: string, tail: number) => value[value.length - 1 - tail]!;
  let tail = 0;
  while (tail < shortest - 1 && values.every((value) => at(value, tail) === at(first, tail))) tail++;
  const cut = () => tail > 0 && values.some((value) => kindOf(at(value, tail)) === kindOf(at(value, tail - 1)));
  while (cut() && !isPlain(tail, values)) tail--;
  while (tail > 0 && /[0-9]/.test(first.slice(-tail)) && isWordly(first[first.length - tail]!)) tail--;
  return tail;
}
