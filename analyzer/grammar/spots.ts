// Where the values of a run's variables stand in a name: by itself, as a folder, as a number between letters, or, where
// only varying with the variable can prove it, amid letters.
import { foldName } from '../../native/contract/fold.js';
import { TOKENS, type TokenName } from '../../native/contract/words.js';
import type { Group, Sighting } from './names.js';

/** A place in a name where some variables' values stand. */
export interface Spot {
  start: number;
  end: number;
  tokens: string[];
  /** It goes on in letters, as `ann` does in `planning`: equal once proves nothing, however long it is. */
  amid: boolean;
}

const PATHS = new Set(['home', 'temp']);
// A port is never a pid or a user's number, whatever it equals; it may be one that was given.
const NO_NUMBERS = /^(tcp|udp)\./;
// A name with more variables in it was made to have them; no rule can hold so many tokens, and each costs a look.
const MOST_SPOTS = 16;

const SHORTEST = 3; // amid letters

export const rank = (token: string): number => TOKENS.indexOf(token as TokenName);
const isDigit = (char: string | undefined): boolean => char !== undefined && char >= '0' && char <= '9';
const isWordChar = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}]/u.test(char);

/** The spots of a name in one run, from left to right; none overlap. */
export function spotsIn(name: string, { values }: Sighting, group: Group): Spot[] {
  const fold = (text: string) => (group.fold ? foldName(text) : text);
  const text = fold(name);
  const spots = values.flatMap(({ token, value }) => {
    if (token !== 'given' && NO_NUMBERS.test(group.op) && /^\d+$/.test(value)) return [];
    return occurrences(text, fold(value).replace(/[\\/]+$/, ''), token);
  });
  const kept = withoutOverlap(withoutDigitsOfOthers(spots, text), name.length);
  return kept.length > MOST_SPOTS ? [] : kept;
}

function occurrences(text: string, value: string, token: string): Spot[] {
  const spots: Spot[] = [];
  if (value === '') return spots;
  for (let start = text.indexOf(value); start >= 0; start = text.indexOf(value, start + value.length)) {
    const end = start + value.length;
    const here = PATHS.has(token) ? (isWholePath(text, start, end) ? 'alone' : null) : standing(text, start, end);
    if (here === 'alone' || (here === 'amid' && token !== 'given' && value.length >= SHORTEST))
      spots.push({ start, end, tokens: [token], amid: here === 'amid' });
  }
  return spots;
}

// `/tmp` is not in `/var/tmp`, nor `/home/an` in `/home/ann`.
const isWholePath = (text: string, start: number, end: number): boolean =>
  !/[\p{L}\p{N}._~-]/u.test(text[start - 1] ?? '') && (text[end] ?? '/').search(/[\\/]/) === 0;

// A byte that is written as in URLs, and is neither letter nor digit: `%20`.
const ESCAPED = /%(?:2[0-9a-f]|3[a-f]|40|5[b-f]|60|7[b-f]|[89a-f][0-9a-f])$/i;

// Digits may touch letters (`conn1234`), never digits. Words stand alone, or amid others.
function standing(text: string, start: number, end: number): 'alone' | 'amid' | null {
  const before = ESCAPED.test(text.slice(Math.max(0, start - 3), start)) ? undefined : text[start - 1];
  const after = text[end];
  const [first, last] = [text[start], text[end - 1]];
  if ((isDigit(first) && isDigit(before)) || (isDigit(last) && isDigit(after))) return null;
  const touches = (!isDigit(first) && isWordChar(before)) || (!isDigit(last) && isWordChar(after));
  return touches ? 'amid' : 'alone';
}

const LIKELY_BY_CHANCE = 5; // digits

/**
 * Without short numbers between letters that have other digits about them, as in `e7a7dda4`: those are some other value's,
 * unless all digits of the word are variables' (`1000x36`).
 */
function withoutDigitsOfOthers(spots: readonly Spot[], text: string): Spot[] {
  const isShort = ({ start, end }: Spot) => end - start < LIKELY_BY_CHANCE && isDigit(text[start]);
  if (!spots.some(isShort)) return [...spots];
  const held = new Uint8Array(text.length);
  for (const { start, end } of spots) held.fill(1, start, end);
  const strange = new Uint8Array(text.length); // words with a digit that is no variable's
  for (const { index, 0: word } of text.matchAll(/[\p{L}\p{N}]+/gu)) {
    const end = index + word.length;
    const code = ESCAPED.test(text.slice(Math.max(0, index - 1), index + 2)) ? 2 : 0;
    for (let at = index + code; at < end; at++)
      if (held[at] === 0 && isDigit(text[at])) {
        strange.fill(1, index, end);
        break;
      }
  }
  return spots.filter((spot) => !isShort(spot) || strange[spot.start] === 0);
}

// The longest value wins a place (`{home}` over `{user}`), one that stands alone over one amid letters; equal stretches
// share it. Time stays linear: what is looked at is as long as what was found.
function withoutOverlap(spots: Spot[], length: number): Spot[] {
  const width = ({ start, end }: Spot) => end - start;
  const sorted = spots.sort(
    (a, b) =>
      Number(a.amid) - Number(b.amid) ||
      width(b) - width(a) ||
      a.start - b.start ||
      rank(a.tokens[0]!) - rank(b.tokens[0]!),
  );
  const owners = new Array<Spot | undefined>(length);
  const isFree = ({ start, end }: Spot) => {
    for (let at = start; at < end; at++) if (owners[at] !== undefined) return false;
    return true;
  };
  const kept: Spot[] = [];
  for (const spot of sorted) {
    const owner = owners[spot.start];
    if (owner?.start === spot.start && owner.end === spot.end) owner.tokens.push(...spot.tokens);
    else if (isFree(spot)) {
      owners.fill(spot, spot.start, spot.end);
      kept.push(spot);
    }
  }
  return kept.sort((a, b) => a.start - b.start);
}
