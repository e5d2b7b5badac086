// Volatile pieces: names of one frame that differ from run to run become one pattern, each differing piece typed as
// narrowly as its values allow, each piece that does not differ literal.
import type { Pattern, PatternPart } from '../../native/contract/rules.js';
import { joinLiterals } from '../pattern/text.js';
import { isOpen, mostLookVolatile, type Proof, varies } from './evidence.js';
import type { Item } from './items.js';
import { frameOf, type Level, type Slot, slotsOf } from './slots.js';
import { knownAs, patternOf } from './types.js';

/** Items that one pattern stands for. */
export interface Family {
  pattern: Pattern;
  items: readonly Item[];
}

interface Slotted {
  item: Item;
  slots: readonly Slot[];
}

/** The families that are proven among `items`, at one level of readiness. */
export function volatileFamilies(items: readonly Item[], op: string, level: Level, proof: Proof): Family[] {
  const frames = new Map<string, Slotted[]>();
  for (const item of items) {
    const slots = slotsOf(item.parts, op, level);
    if (!slots.some(({ kind }) => kind === 'open')) continue;
    const frame = frameOf(slots);
    const members = frames.get(frame);
    if (members) members.push({ item, slots });
    else frames.set(frame, [{ item, slots }]);
  }
  return [...frames.values()].flatMap((members) => familiesIn(members, proof));
}

function familiesIn(members: readonly Slotted[], proof: Proof): Family[] {
  if (members.length < 2) return [];
  const places = differing(members);
  const closed = places.find((place) => isClosed(members, place, proof));
  if (closed !== undefined)
    return split(members, (slots) => textAt(slots, closed)).flatMap((part) => familiesIn(part, proof));
  const family = familyOf(members, places, proof);
  return family === null ? [] : (byWidth(members, places, proof) ?? [family]);
}

/**
 * Hex of several widths is several families where each width is proven by itself, and else hex of any width. Widths that
 * follow one another are those of a number that nobody pads.
 */
function byWidth(members: readonly Slotted[], places: readonly number[], proof: Proof): Family[] | null {
  for (const place of places) {
    if ((members[0]!.slots[place] as { mask?: string }).mask !== 'hex') continue;
    const parts = split(members, (slots) => textAt(slots, place).length);
    const widths = new Set(parts.map(([member]) => textAt(member!.slots, place).length));
    if (parts.length < 2 || [...widths].some((width) => widths.has(width + 1))) continue;
    const families = parts.map((part) => familiesIn(part, proof));
    if (families.every((found) => found.length > 0)) return families.flat();
  }
  return null;
}

/** Places of the open slots that do not hold the same text in all members. */
function differing(members: readonly Slotted[]): number[] {
  const first = members[0]!.slots;
  return first.flatMap((slot, place) =>
    slot.kind === 'open' && members.some(({ slots }) => textAt(slots, place) !== slot.text) ? [place] : [],
  );
}

const textAt = (slots: readonly Slot[], place: number): string => (slots[place] as { text: string }).text;

/** Whether the values at a place come back from run to run, so that the names divide by them. */
function isClosed(members: readonly Slotted[], place: number, { runs }: Proof): boolean {
  const byValue = new Map<string, Set<number>>();
  for (const { item, slots } of members) {
    const value = textAt(slots, place);
    const met = byValue.get(value) ?? new Set();
    for (const run of item.runs) met.add(run);
    byValue.set(value, met);
  }
  // A value in every run is a constant beside the others and says nothing of them.
  const sets = [...byValue.values()];
  const partly = sets.filter(({ size }) => size > 1 && size < runs).length;
  const always = sets.filter(({ size }) => size === runs && runs > 1).length;
  const fresh = sets.filter(({ size }) => size === 1).length;
  return partly > fresh || (always > 0 && fresh === 0) || (always > 1 && always + partly > fresh);
}

function split(members: readonly Slotted[], keyOf: (slots: readonly Slot[]) => string | number): Slotted[][] {
  const parts = new Map<string | number, Slotted[]>();
  for (const member of members) {
    const value = keyOf(member.slots);
    const part = parts.get(value);
    if (part) part.push(member);
    else parts.set(value, [member]);
  }
  return [...parts.values()];
}

function familyOf(members: readonly Slotted[], places: readonly number[], proof: Proof): Family | null {
  const items = members.map(({ item }) => item);
  if (places.some((place) => isStructured(members, place))) return null;
  const weak = !places.every((place) => mostLookVolatile(members.map(({ slots }) => textAt(slots, place))));
  if (isOpen(items, proof)) return familyWith(members, places);
  if (!varies(items, weak, proof)) return null;
  // What every run met is a constant of the same look.
  const varying = members.filter(({ item }) => item.runs.length < proof.runs);
  return familyWith(varying, differing(varying));
}

const endOf = (parts: readonly PatternPart[]): string => {
  const last = parts.at(-1);
  return typeof last === 'string' ? last : '';
};

/** Two digits after `%` that all values begin with are a character (`%20`), and nothing of what follows. */
function sharedEscape(values: readonly string[]): number {
  const code = values[0]!.slice(0, 2);
  const isShared = values.length > 1 && values.every((value) => value.length > 2 && value.startsWith(code));
  return isShared && /^(?:2[0-9a-f]|3[a-f]|40|5[b-f]|60|7[b-f]|[89a-f][0-9a-f])$/i.test(code) ? 2 : 0;
}

const FEWEST_IDS = 3;

/** Whether pieces that were taken for ids have their signs in the same places, so that those part the pieces. */
function isStructured(members: readonly Slotted[], place: number): boolean {
  const slot = members[0]!.slots[place]!;
  if (slot.kind !== 'open' || !slot.mask.startsWith('id')) return false;
  const outlines = new Set(members.map(({ slots }) => textAt(slots, place).replace(/[^-_]/g, '.')));
  return members.length < FEWEST_IDS || outlines.size === 1;
}

function familyWith(members: readonly Slotted[], places: readonly number[]): Family | null {
  const parts: PatternPart[] = [];
  for (const [place, slot] of members[0]!.slots.entries()) {
    if (slot.kind === 'bound') parts.push(slot.part);
    else if (!places.includes(place)) parts.push(slot.text);
    else {
      const values = members.map(({ slots }) => textAt(slots, place));
      const known = slot.kind === 'open' ? knownAs(slot.mask, values) : null;
      const code = endOf(parts).endsWith('%') ? sharedEscape(values) : 0;
      const typed = known === null ? patternOf(values.map((value) => value.slice(code))) : [known];
      if (typed === null) return null;
      parts.push(values[0]!.slice(0, code), ...typed);
    }
  }
  return { pattern: joinLiterals(parts), items: members.map(({ item }) => item) };
}
