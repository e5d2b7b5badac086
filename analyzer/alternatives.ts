// What else a typed rule could have been, and its price: the names, met anywhere in the runs, that it would admit as well.
import type { Pattern, PatternPart } from '../native/contract/rules.js';
import type { Item } from './grammar/items.js';
import { wider } from './grammar/levels.js';
import { type Mask, masksOf } from './grammar/masks.js';
import type { Shape } from './grammar/names.js';
import { patternOf } from './grammar/types.js';
import { joinLiterals, printPattern } from './pattern/text.js';

export interface Alternative {
  object: string;
  /** Names in all runs, and files of this host, that it admits and that the rule was not learnt from. */
  also_admits: number;
  /** Rows per run that it would deny where a run is left out. */
  heldout_denials: number;
  /** How many bits more it takes to write it and then, given it, the names that the runs met. */
  more_bits: number;
}

/** Another reading of one rule, or of several. */
export interface Reading {
  pattern: Pattern;
  /** What it would be, had only some of the shapes been found. */
  again: (shapes: readonly Pick<Shape, 'pattern'>[]) => readonly Pattern[];
}

/** What stands for several literals that differ in one piece: as one rule, and which literals those are. */
export interface Merger extends Reading {
  members: readonly { name: string; run: number }[];
  /** Places of the literals in the list given. */
  of: readonly number[];
}

// Fewer literals than these are no list.
const FEWEST = 3;

/** The rules that lists of literals could have been; a literal is in one at most, the longest list first. */
export function mergersOf(literals: readonly Item[]): Merger[] {
  const frames = new Map<string, { at: number; mask: Mask }[]>();
  for (const [at, item] of literals.entries())
    for (const mask of masksOf(item, 'piece')) {
      const list = frames.get(mask.frame);
      if (list) list.push({ at, mask });
      else frames.set(mask.frame, [{ at, mask }]);
    }
  const taken = new Set<number>();
  const lists = [...frames].sort(([a, m], [b, n]) => n.length - m.length || (a < b ? -1 : 1));
  return lists.flatMap(([, list]): Merger[] => {
    const left = list.filter(({ at }) => !taken.has(at));
    const pattern = left.length < FEWEST ? null : mergedBy(literals, left);
    if (pattern === null) return [];
    for (const { at } of left) taken.add(at);
    const members = left.flatMap(({ at }) => literals[at]!.members);
    return [{ pattern, members, of: left.map(({ at }) => at), again: mergedAgain(literals, left) }];
  });
}

function mergedAgain(literals: readonly Item[], list: readonly { at: number; mask: Mask }[]): Reading['again'] {
  const byText = new Map(list.map((one) => [literals[one.at]!.text, one]));
  return (shapes) => {
    const left = shapes.flatMap(({ pattern }) => byText.get(printPattern(pattern)) ?? []);
    const merged = left.length < FEWEST ? null : mergedBy(literals, left);
    return [...(merged === null ? [] : [merged]), ...shapes.map(({ pattern }) => pattern)];
  };
}

function mergedBy(literals: readonly Item[], list: readonly { at: number; mask: Mask }[]): Pattern | null {
  const typed = patternOf(list.map(({ mask }) => mask.value));
  if (typed === null) return null;
  const { at, mask } = list[0]!;
  const parts = literals[at]!.parts.flatMap((part, place): PatternPart[] => {
    if (place !== mask.part || typeof part !== 'string') return [part];
    return [part.slice(0, mask.start), ...typed, part.slice(mask.start + mask.value.length)];
  });
  return joinLiterals(parts);
}

/** Wider readings of `pattern`, from the nearest to the widest. */
export function widerReadings(pattern: Pattern): Reading[] {
  const found: Reading[] = [];
  for (let next = wider(pattern); next !== null; next = wider(next)) {
    const steps = found.length + 1;
    found.push({ pattern: next, again: (shapes) => shapes.map((shape) => widened(shape.pattern, steps)) });
  }
  return found;
}

const widened = (pattern: Pattern, steps: number): Pattern =>
  steps === 0 ? pattern : widened(wider(pattern) ?? pattern, steps - 1);
