// Whether a name meets a pattern, in time linear in the name whatever the pattern: all positions of the pattern that
// can be reached are advanced together, character by character.
import { foldName } from '../../native/contract/fold.js';
import type { Pattern, PatternPart } from '../../native/contract/rules.js';

/** The values that bound tokens stand for in one run; a token without values matches nothing. */
export type BoundValues = (token: string) => readonly string[];

// A step reads one character and either stays or moves on.
interface Step {
  reads: (char: string) => boolean;
  repeats: boolean;
  /** Steps that may come next; a step past the last one is the end. */
  next: readonly number[];
}

const digit = /^[0-9]$/;
const hex = /^[0-9a-fA-F]$/;
const CLASSES: Partial<Record<string, (char: string) => boolean>> = {
  uint: (char) => digit.test(char),
  hex: (char) => hex.test(char),
  word: (char) => /^[\p{L}0-9_]$/u.test(char),
  name: (char) => char !== '\\' && char !== '/' && char !== ':',
  rest: () => true,
};
type Reader = (char: string) => boolean;

const between =
  (first: string, last: string): Reader =>
  (char) =>
    char >= first && char <= last;
const exactly = (wanted: string): Reader => between(wanted, wanted);
const digits = (count: number): Reader[] => Array(count).fill(CLASSES.uint!);
const hexes = (count: number): Reader[] => Array(count).fill(CLASSES.hex!);
/** Two digits up to a number, by their first. */
const two = (...[first, low, high]: [string, string, string]): Reader[] => [exactly(first), between(low, high)];

const MONTH = [two('0', '1', '9'), two('1', '0', '2')];
const DAY = [two('0', '1', '9'), [between('1', '2'), between('0', '9')], two('3', '0', '1')];
const HOUR = [[between('0', '1'), between('0', '9')], two('2', '0', '3')];
const SIXTY = [between('0', '5'), between('0', '9')];

const marked = (marks: readonly string[], shape: (mark: Reader[]) => Reader[][]): Reader[][] =>
  marks.flatMap((mark) => shape([...mark].map(exactly)));

// Fixed shapes: possible months, days, hours, minutes and seconds only, as the engine has it.
const SHAPES: Partial<Record<string, readonly Reader[][]>> = {
  guid: [[8, 4, 4, 4, 12].flatMap((count, at) => [...(at === 0 ? [] : [exactly('-')]), ...hexes(count)])],
  date: marked(['', '-', '_'], (mark) =>
    MONTH.flatMap((month) => DAY.map((day) => [...digits(4), ...mark, ...month, ...mark, ...day])),
  ),
  time: marked(['', '-', ':'], (mark) => HOUR.map((hour) => [...hour, ...mark, ...SIXTY, ...mark, ...SIXTY])),
};

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
export function reaches(pattern: Pattern, bound: BoundValues, path: string, fold = false): boolean {
  const plain = (text: string) => (fold ? foldName(text) : text);
  const { head } = endsOf(pattern, plain);
  if (!plain(path).startsWith(head) && !head.startsWith(plain(path))) return false;
  const machine = compile(pattern, bound, plain);
  const there = after(machine, plain(path));
  const separator = path.includes('\\') ? '\\' : '/';
  return there.has(machine.steps.length) || after(machine, separator, there).size > 0;
}

interface Machine {
  steps: Step[];
  start: readonly number[];
}

function compile(pattern: Pattern, bound: BoundValues, plain: (text: string) => string): Machine {
  const steps: Step[] = [];
  let end = 0; // the accepting place, numbered last
  const build = (parts: readonly PatternPart[]): readonly number[] => {
    let next: readonly number[] = [-1];
    for (const part of [...parts].reverse()) next = prepend(part, next);
    return next;
  };
  const prepend = (part: PatternPart, next: readonly number[]): readonly number[] => {
    if (typeof part === 'string') return chain(chars(plain(part)), next);
    const shapes = SHAPES[part.token];
    if (shapes !== undefined) return shapes.flatMap((shape) => chain(shape, next));
    if (part.width !== undefined) return chain(Array(part.width).fill(CLASSES.hex!), next);
    const reads = CLASSES[part.token];
    if (reads === undefined) return bound(part.token).flatMap((value) => chain(chars(plain(value)), next));
    const step = steps.push({ reads, repeats: true, next }) - 1;
    return part.token === 'rest' ? [step, ...next] : [step];
  };
  const chain = (readers: readonly ((char: string) => boolean)[], after: readonly number[]): readonly number[] => {
    let next = after;
    for (const reads of [...readers].reverse()) next = [steps.push({ reads, repeats: false, next }) - 1];
    return next;
  };
  const start = build(pattern);
  end = steps.length;
  const place = (at: number) => (at === -1 ? end : at);
  for (const step of steps) step.next = step.next.map(place);
  return { steps, start: start.map(place) };
}

const chars = (text: string) => [...text].map((wanted) => (char: string) => char === wanted);

/** The places reached when `text` was read; none if it cannot be read. */
function after({ steps, start }: Machine, text: string, from: Iterable<number> = start): Set<number> {
  let places = new Set(from);
  for (const char of text) {
    const reached = new Set<number>();
    for (const place of places) {
      const step = steps[place];
      if (step === undefined || !step.reads(char)) continue;
      if (step.repeats) reached.add(place);
      for (const next of step.next) reached.add(next);
    }
    if (reached.size === 0) return reached;
    places = reached;
  }
  return places;
}
