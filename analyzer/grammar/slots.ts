// Names as slots: what is fixed, what is bound, and what could be volatile. Two names with the same fixed slots and the
// same kinds of volatile ones have one frame, and may be two values of one pattern. Time is linear in the name.
import type { PatternPart } from '../../native/contract/rules.js';

export type Slot =
  | { kind: 'fixed'; text: string }
  | { kind: 'bound'; part: Exclude<PatternPart, string> }
  | { kind: 'open'; text: string; mask: string };

/**
 * How readily a piece is taken for volatile: `fine` tells digits, hex and the like apart, `coarse` does not. An `id` is of
 * one width, and `-` and `_` are letters of it as others are.
 */
export type Level = 'fine' | 'coarse' | 'id';

const GUID = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}';
const MONTH = '(?:0[1-9]|1[0-2])';
const DAY = '(?:0[1-9]|[12][0-9]|3[01])';
const CLOCK = (separator: string) => `(?:[01][0-9]|2[0-3])${separator}[0-5][0-9]${separator}[0-5][0-9]`;
const DATE = `[12][0-9]{3}-${MONTH}-${DAY}|[12][0-9]{3}_${MONTH}_${DAY}`;
const TIME = `${CLOCK('-')}|${CLOCK(':')}`;
// Both as ISO 8601 joins them, or as people do: `20261122T101500Z`, `20261122-101500`.
const DAYS = `(?:${DATE}|[12][0-9]{3}${MONTH}${DAY})`;
const TIMES = `(?:${TIME}|${CLOCK('')})`;
const STAMP = `${DAYS}(?:T${TIMES}Z?|[-_ .+@~]${TIMES})`;
const STAMPED = new RegExp(`^(${DAYS})(.)(${TIMES})(Z?)$`);
// Guids and dates may follow letters (`log2026-11-22`); what follows them is neither.
const ALONE = (inside: string) => `(?<![\\p{L}\\p{N}])(?:${inside})(?![\\p{L}\\p{N}])`;
const AFTER = (inside: string) => `(?<!(?<!%2)\\p{N})(?:${inside})(?![\\p{L}\\p{N}])`;
// A character as URLs write it goes before a date as letters do: `%202026-11-22`.
const HEAD = `(?<![\\p{L}\\p{N}])(?:(?:\\p{L}+|(?<=%)20)(?=(?:${STAMP}|${DATE})(?![\\p{L}\\p{N}]))|\\p{L}{1,64}?(?=${GUID}(?![\\p{L}\\p{N}])))`;
const PIECES_OF = (word: string) =>
  new RegExp(
    `(?<guid>${ALONE(GUID)})|(?<head>${HEAD})|(?<joined>(?<=\\p{L})${GUID}(?![\\p{L}\\p{N}]))|(?<stamp>${AFTER(STAMP)})|(?<date>${AFTER(DATE)})|(?<time>${ALONE(TIME)})|${word}`,
    'gu',
  );
const WORD = '[\\p{L}\\p{N}]+';
const PIECES = { fine: PIECES_OF(WORD), coarse: PIECES_OF(WORD), id: PIECES_OF('[\\p{L}\\p{N}_-]+') };

/** The slots of a bound name. The host of a network name is one piece, fixed. */
export function slotsOf(parts: readonly PatternPart[], op: string, level: Level): Slot[] {
  const slots: Slot[] = [];
  for (const part of parts) {
    if (typeof part !== 'string') slots.push({ kind: 'bound', part });
    else if (slots.length === 0 && /^(tcp|udp)\./.test(op))
      for (const slot of networkSlots(part, level)) slots.push(slot);
    else for (const slot of textSlots(part, level)) slots.push(slot);
  }
  return joinFixed(slots);
}

function networkSlots(text: string, level: Level): Slot[] {
  const port = text.lastIndexOf(':') + 1;
  return [{ kind: 'fixed', text: text.slice(0, port) }, ...textSlots(text.slice(port), level)];
}

// The same names come again for each run, and for each that is left out.
const known: Record<Level, Map<string, readonly Slot[]>> = { fine: new Map(), coarse: new Map(), id: new Map() };
const MOST_KNOWN = 20_000;
const LONGEST_KNOWN = 256;

function textSlots(text: string, level: Level): readonly Slot[] {
  const before = known[level].get(text);
  if (before !== undefined) return before;
  const slots = cut(text, level);
  if (known[level].size >= MOST_KNOWN) known[level].clear();
  if (text.length <= LONGEST_KNOWN) known[level].set(text, slots);
  return slots;
}

function cut(text: string, level: Level): Slot[] {
  const slots: Slot[] = [];
  let at = 0;
  for (const match of text.matchAll(PIECES[level])) {
    slots.push({ kind: 'fixed', text: text.slice(at, match.index) }, ...pieceSlots(match, level));
    at = match.index + match[0].length;
  }
  slots.push({ kind: 'fixed', text: text.slice(at) });
  return slots;
}

function pieceSlots(match: RegExpMatchArray, level: Level): Slot[] {
  const text = match[0];
  if (match.groups?.stamp !== undefined) return stampSlots(text);
  if (match.groups?.head !== undefined) return [fixed(text)];
  if (match.groups?.joined !== undefined) return [open(text, 'guid')];
  for (const kind of ['guid', 'date', 'time']) {
    if (match.groups?.[kind] !== undefined) return [open(text, kind)];
  }
  return SLOTS[level](text);
}

function stampSlots(text: string): Slot[] {
  const [, date, joint, time, zone] = STAMPED.exec(text)!;
  return [open(date!, 'date'), fixed(joint!), open(time!, 'time'), fixed(zone!)];
}

const open = (text: string, mask: string): Slot => ({ kind: 'open', text, mask });
const fixed = (text: string): Slot => ({ kind: 'fixed', text });

function fineSlots(text: string): Slot[] {
  if (/^[0-9]+$/.test(text)) return [open(text, 'digits')];
  if (isHex(text)) return [open(text, 'hex')];
  if (/^0[xX][0-9a-fA-F]+$/.test(text)) return [fixed(text.slice(0, 2)), open(text.slice(2), 'hex')];
  const [, letters, digits] = /^(\p{L}+)([0-9]+)$/u.exec(text) ?? [];
  if (letters !== undefined) return [fixed(letters), open(digits!, 'digits')];
  return [isMixed(text) ? open(text, 'mixed') : fixed(text)];
}

const isAny = (text: string): boolean => /[0-9]/.test(text) || isMixed(text);
const coarseSlots = (text: string): Slot[] => [isAny(text) ? open(text, 'any') : fixed(text)];

const SHORTEST_ID = 10;

const idSlots = (text: string): Slot[] => [
  text.length >= SHORTEST_ID && isId(text) ? open(text, `id${text.length}`) : fixed(text),
];

/** Small letters, capitals and digits in no order; with signs among them, but no words, numbers or hex between those. */
function isId(text: string): boolean {
  const letters = text.replace(/[-_]/g, '');
  const changes = letters.match(/\p{Ll}(?=[\p{Lu}\p{N}])|\p{Lu}(?=[\p{Ll}\p{N}])|\p{N}(?=\p{L})/gu)?.length ?? 0;
  return changes * RESTLESS >= letters.length && !text.split(/[-_]+/).some((part) => PARTS.test(part));
}

const PARTS = /^(?:\p{Ll}{4,}|\p{Lu}{4,}|\p{N}{4,}|[0-9a-f]{6,}|[0-9A-F]{6,})$/u;

// In words and in what is made of words and numbers, few letters are followed by one of another kind; by chance, half are.
const RESTLESS = 4;

const SLOTS: Record<Level, (text: string) => Slot[]> = { fine: fineSlots, coarse: coarseSlots, id: idSlots };

/** Hex digits of one case, some of them letters and some not: `a1b2`, not `cafe` and not `1234`. */
const isHex = (text: string): boolean =>
  text.length >= 4 && /^(?:[0-9a-f]+|[0-9A-F]+)$/.test(text) && /[0-9]/.test(text) && /[a-fA-F]/.test(text);

/** Digits among letters, or capitals in odd places: `x7Gq2L`, `aBcDeF`, but not `Global` or `README`. */
export const isMixed = (text: string): boolean =>
  text.length >= 5 &&
  (/[0-9]\p{L}/u.test(text) ||
    (/\p{Ll}\p{Lu}/u.test(text) && !/^(?:\p{Lu}?\p{Ll}{2,}(?:\p{Lu}\p{Ll}{2,})*\p{Lu}*)$/u.test(text)));

function joinFixed(slots: readonly Slot[]): Slot[] {
  const joined: Slot[] = [];
  for (const slot of slots) {
    const last = joined.at(-1);
    if (slot.kind === 'fixed' && slot.text === '') continue;
    if (slot.kind === 'fixed' && last?.kind === 'fixed') joined[joined.length - 1] = fixed(last.text + slot.text);
    else joined.push(slot);
  }
  return joined;
}

/** What names with the same frame share. */
export function frameOf(slots: readonly Slot[]): string {
  return slots
    .map((slot) => {
      if (slot.kind === 'fixed') return slot.text;
      return slot.kind === 'bound' ? `\u0001${slot.part.token}\u0001` : `\u0002${slot.mask}\u0002`;
    })
    .join('');
}
