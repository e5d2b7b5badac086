// Whether patterns include one another, meet, or leave something over: decided on their automata, with an example where
// there is one. The search goes through pairs of a place in one automaton and the set of places in all others; for
// inclusion a pair is passed over where one with fewer places in the others was met (the antichains of De Wulf, Doyen,
// Henzinger and Raskin 2006), which keeps it short although the problem has no short solution in general.
import type { Machine } from './machine.js';
import { type Atom, alphabetOf, automatonOf, type Naming, printExample } from './symbols.js';
import { printPattern } from './text.js';

export type { Naming } from './symbols.js';

/** A name, written as a pattern that has bound tokens only. */
export interface Example {
  object: string;
  args: readonly string[];
}

/** `undecided` only where patterns are so entangled that the search would not end soon. */
export type Found = { is: 'none' } | { is: 'some'; example: Example } | { is: 'undecided' };

const MOST_PAIRS = 20_000;
const NONE: Found = { is: 'none' };

/** A name that `one` admits and of which `wanted` holds, given which of `others` admit it; the shortest there is. */
export function findName(
  one: Naming,
  others: readonly Naming[],
  wanted: (admitted: readonly boolean[]) => boolean,
): Found {
  return search(one, others, wanted, (known, mask) => known === mask);
}

/** A name that `one` admits and none of `others` does. */
export function findBeyond(one: Naming, others: readonly Naming[]): Found {
  return search(
    one,
    others,
    (admitted) => !admitted.includes(true),
    (known, mask) => (known & mask) === known,
  );
}

/** A name that both admit; always decided. */
export function findCommon(a: Naming, b: Naming): Found {
  const frame = frameOf([a, b]);
  const { machines, atoms } = prepare(frame.inner);
  const [first, second] = machines as [Machine, Machine];
  const met = new Set<number>();
  const queue: (Path & { place: number; other: number })[] = [];
  const meet = (place: number, other: number, before: Path | null, symbol: string) => {
    const key = place * (second.steps.length + 1) + other;
    if (!met.has(key)) queue.push({ place, other, before, symbol });
    met.add(key);
  };
  for (const place of first.start) for (const other of second.start) meet(place, other, null, '');
  for (const pair of queue) {
    const [mine, others] = [first.steps[pair.place], second.steps[pair.other]];
    if (mine === undefined && others === undefined)
      return { is: 'some', example: framed(frame, printExample(symbolsTo(pair))) };
    if (mine === undefined || others === undefined) continue;
    const shared = atoms.find(({ readBy }) => readBy.has(mine.reads) && readBy.has(others.reads));
    if (shared === undefined) continue;
    for (const place of mine.repeats ? [pair.place, ...mine.next] : mine.next)
      for (const other of others.repeats ? [pair.other, ...others.next] : others.next)
        meet(place, other, pair, shared.symbol);
  }
  return NONE;
}

/** Whether every name of `narrow` is one of `wide`; where that was not decided, it is not taken to be. */
export const includes = (wide: Naming, narrow: Naming): boolean => findBeyond(narrow, [wide]).is === 'none';

/** How a pair was come by. */
interface Path {
  before: Path | null;
  symbol: string;
}

interface Pair extends Path {
  place: number;
  mask: bigint;
}

/** What every pattern begins and ends with needs no searching. */
interface Frame {
  head: string;
  tail: string;
  inner: readonly Naming[];
}

function frameOf(names: readonly Naming[]): Frame {
  // One that ignores case begins in more ways than one that does not.
  if (names.some(({ fold }) => fold !== names[0]!.fold)) return { head: '', tail: '', inner: names };
  const head = names.map(({ pattern: [first] }) => (typeof first === 'string' ? first : '')).reduce(commonHead);
  const rest = names.map((name) => ({ ...name, pattern: without(name.pattern, head.length, 0) }));
  const last = ({ pattern }: Naming) => (typeof pattern.at(-1) === 'string' ? (pattern.at(-1) as string) : '');
  const tail = reversed(rest.map((name) => reversed(last(name))).reduce(commonHead));
  return { head, tail, inner: rest.map((name) => ({ ...name, pattern: without(name.pattern, 0, tail.length) })) };
}

// Whole characters, so that no half of one is left.
function commonHead(a: string, b: string): string {
  const [one, other] = [[...a], [...b]];
  const at = one.findIndex((char, place) => char !== other[place]);
  return at < 0 ? a : one.slice(0, at).join('');
}

const reversed = (text: string): string => [...text].reverse().join('');

function without(pattern: Naming['pattern'], head: number, tail: number): Naming['pattern'] {
  const cut = pattern.map((part, at) => {
    if (typeof part !== 'string') return part;
    const text = at === 0 ? part.slice(head) : part;
    return at === pattern.length - 1 ? text.slice(0, text.length - tail) : text;
  });
  return cut.filter((part) => part !== '');
}

const framed = ({ head, tail }: Frame, { object, args }: Example): Example => ({
  object: printPattern([head]) + object + printPattern([tail]),
  args,
});

function prepare(names: readonly Naming[]): { machines: Machine[]; atoms: Atom[] } {
  const withArgs = names.some(({ args }) => args != null);
  const machines = names.map((name) => automatonOf(name, withArgs));
  return { machines, atoms: alphabetOf(names, machines) };
}

function search(
  one: Naming,
  others: readonly Naming[],
  wanted: (admitted: readonly boolean[]) => boolean,
  covers: (known: bigint, mask: bigint) => boolean,
): Found {
  const frame = frameOf([one, ...others]);
  const { machines, atoms } = prepare(frame.inner);
  const [first, rest] = [machines[0]!, union(machines.slice(1))];
  const met = new Map<number, bigint[]>();
  const queue: Pair[] = [];
  const meet = (pair: Pair) => {
    const known = met.get(pair.place) ?? [];
    if (known.some((mask) => covers(mask, pair.mask))) return;
    met.set(pair.place, [...known.filter((mask) => !covers(pair.mask, mask)), pair.mask]);
    queue.push(pair);
  };
  for (const place of first.start) meet({ place, mask: rest.start, before: null, symbol: '' });
  for (let at = 0; at < queue.length; at++) {
    if (at > MOST_PAIRS) return { is: 'undecided' };
    const pair = queue[at]!;
    if (pair.place === first.steps.length && wanted(rest.ends.map((end) => ((pair.mask >> end) & 1n) === 1n)))
      return { is: 'some', example: framed(frame, printExample(symbolsTo(pair))) };
    advance(first, rest, atoms, pair, meet);
  }
  return NONE;
}

function advance(first: Machine, rest: Union, atoms: readonly Atom[], pair: Pair, meet: (pair: Pair) => void): void {
  const step = first.steps[pair.place];
  if (step === undefined) return;
  for (const atom of atoms) {
    if (!atom.readBy.has(step.reads)) continue;
    const reached = { mask: rest.after(pair.mask, atom), before: pair, symbol: atom.symbol };
    for (const place of step.next) meet({ place, ...reached });
    if (step.repeats) meet({ place: pair.place, ...reached });
  }
}

function symbolsTo(path: Path): string[] {
  const symbols: string[] = [];
  for (let at = path; at.before !== null; at = at.before) symbols.push(at.symbol);
  return symbols.reverse();
}

/** Several automata side by side, their places bits of one number. */
interface Union {
  start: bigint;
  ends: readonly bigint[];
  after(mask: bigint, atom: Atom): bigint;
}

function union(machines: readonly Machine[]): Union {
  const places: { reads: unknown; reaches: bigint }[] = [];
  const ends: bigint[] = [];
  let start = 0n;
  for (const { steps, start: first } of machines) {
    const base = places.length;
    const bit = (place: number) => 1n << BigInt(base + place);
    const bits = (list: readonly number[]) => list.reduce((all, place) => all | bit(place), 0n);
    for (const [at, step] of steps.entries())
      places.push({ reads: step.reads, reaches: bits(step.next) | (step.repeats ? bit(at) : 0n) });
    places.push({ reads: null, reaches: 0n });
    ends.push(BigInt(base + steps.length));
    start |= bits(first);
  }
  const known = new Map<Atom, Map<bigint, bigint>>();
  const after = (mask: bigint, atom: Atom): bigint => {
    if (mask === 0n) return 0n;
    const table = known.get(atom) ?? new Map<bigint, bigint>();
    known.set(atom, table);
    const before = table.get(mask);
    if (before !== undefined) return before;
    let reached = 0n;
    for (const at of bitsIn(mask)) {
      const { reads, reaches } = places[at]!;
      if ((atom.readBy as ReadonlySet<unknown>).has(reads)) reached |= reaches;
    }
    table.set(mask, reached);
    return reached;
  };
  return { start, ends, after };
}

function* bitsIn(mask: bigint): Generator<number> {
  const digits = mask.toString(2);
  for (let at = digits.indexOf('1'); at >= 0; at = digits.indexOf('1', at + 1)) yield digits.length - 1 - at;
}
