// Whether a name meets a pattern, in time linear in the name whatever the pattern: all positions of the pattern that
// can be reached are advanced together, character by character.
import { foldName } from '../../native/contract/fold.js';
import type { Pattern, PatternPart } from '../../native/contract/rules.js';
import { afterOne, type Machine, machineOf, type Spelling } from './machine.js';
import { spellingOf } from './tokens.js';

/** The values that bound tokens stand for in one run; a token without values matches nothing. */
export type BoundValues = (token: string) => readonly string[];

/** A test of names against `pattern`, under one run's bound values; `fold` compares as Windows does. */
export function matcher(pattern: Pattern, bound: BoundValues, fold = false): (name: string) => boolean {
  const plain = (text: string) => (fold ? foldName(text) : text);
  if (pattern.every((part) => typeof part === 'string')) {
    const literal = plain(pattern.join(''));
    return (name) => plain(name) === literal;
  }
  const ends = endsOf(pattern, plain);
  const inner = innerTest(pattern, bound, plain);
  return (name) => {
    const text = plain(name);
    if (text.length < ends.head.length + ends.tail.length) return false;
    if (!text.startsWith(ends.head) || !text.endsWith(ends.tail)) return false;
    return inner(text.slice(ends.head.length, text.length - ends.tail.length));
  };
}

/** The literals a pattern begins and ends with: most names are told apart by them. */
function endsOf(pattern: Pattern, plain: (text: string) => string): { head: string; tail: string } {
  const [first, last] = [pattern[0], pattern.at(-1)];
  return { head: typeof first === 'string' ? plain(first) : '', tail: typeof last === 'string' ? plain(last) : '' };
}

const WHOLE: Partial<Record<string, RegExp>> = {
  uint: /^[0-9]+$/,
  hex: /^[0-9a-fA-F]+$/,
  word: /^[\p{L}0-9_]+$/u,
  name: /^[^\\/:]+$/,
  rest: /^/,
};

// What stands between the ends: one plain token is the usual case, and quickly tested.
function innerTest(pattern: Pattern, bound: BoundValues, plain: (text: string) => string): (text: string) => boolean {
  const inner = pattern.slice(
    typeof pattern[0] === 'string' ? 1 : 0,
    typeof pattern.at(-1) === 'string' ? -1 : undefined,
  );
  const [only] = inner;
  const whole =
    inner.length === 1 && typeof only === 'object' && only.width === undefined ? WHOLE[only.token] : undefined;
  if (whole !== undefined) return (text) => whole.test(text);
  const machine = compile(inner, bound, plain);
  return (text) => after(machine, text).has(machine.steps.length);
}

/** Whether any name that meets `pattern` is the absolute path `path` or lies below it. */
export const reaches = (pattern: Pattern, bound: BoundValues, path: string, fold = false): boolean =>
  reachesAny(pattern, bound, [path], fold);

/** The same for one of several paths. */
export function reachesAny(pattern: Pattern, bound: BoundValues, paths: readonly string[], fold = false): boolean {
  const plain = (text: string) => (fold ? foldName(text) : text);
  const { head } = endsOf(pattern, plain);
  const near = paths.filter((path) => plain(path).startsWith(head) || head.startsWith(plain(path)));
  if (near.length === 0) return false;
  const machine = compile(pattern, bound, plain);
  return near.some((path) => {
    const there = after(machine, plain(path));
    const separator = path.includes('\\') ? '\\' : '/';
    return there.has(machine.steps.length) || after(machine, separator, there).size > 0;
  });
}

/** How far a pattern reads into a name: so many characters, and where in the pattern it then waits. */
export interface Reading {
  length: number;
  /** The part that cannot go on; as many as there are parts where the pattern is at its end. */
  part: number;
  /** Of literal text, how many of its characters were read. */
  into: number;
}

/** Reads as much of `name` as the beginning of some name that meets `pattern` has. */
export function readAlong(pattern: Pattern, bound: BoundValues, name: string, fold = false): Reading {
  const plain = (text: string) => (fold ? foldName(text) : text);
  const machine = compile(pattern, bound, plain);
  let [places, length] = [new Set(machine.start), 0];
  for (const char of name) {
    const next = afterOne(machine, plain(char), places);
    if (next.size === 0) break;
    [places, length] = [next, length + char.length];
  }
  return { length, ...waitingAt(pattern, machine, places) };
}

function waitingAt(pattern: Pattern, { steps, bases }: Machine, places: ReadonlySet<number>): Omit<Reading, 'length'> {
  // Places nearer to the end have the lower numbers, but for the end itself.
  const inner = [...places].filter((place) => place < steps.length);
  if (inner.length === 0) return { part: pattern.length, into: 0 };
  const place = Math.min(...inner);
  const part = bases.findIndex((base) => base <= place);
  const text = pattern[part];
  return { part, into: typeof text === 'string' ? [...text].length - 1 - (place - bases[part]!) : 0 };
}

// A piece of a pattern under one run's values.
const spelling =
  (bound: BoundValues, plain: (text: string) => string) =>
  (part: PatternPart): Spelling => {
    if (typeof part === 'string') return { chains: [chars(plain(part))] };
    return spellingOf(part) ?? { chains: bound(part.token).map((value) => chars(plain(value))) };
  };

const compile = (pattern: Pattern, bound: BoundValues, plain: (text: string) => string): Machine =>
  machineOf(pattern.map(spelling(bound, plain)));

const chars = (text: string) => [...text].map((wanted) => (char: string) => char === wanted);

/** The places reached when `text` was read; none if it cannot be read. */
function after(machine: Machine, text: string, from: Iterable<number> = machine.start): Set<number> {
  let places = new Set(from);
  for (const char of text) {
    places = afterOne(machine, char, places);
    if (places.size === 0) return places;
  }
  return places;
}
