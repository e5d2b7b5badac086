// What else a typed rule could have been, and its price: the names, met anywhere in the runs, that it would admit as well.
import type { Pattern, PatternPart } from '../native/contract/rules.js';
import type { Item } from './grammar/items.js';
import { type Mask, masksOf } from './grammar/masks.js';
import { patternOf } from './grammar/types.js';
import type { Namespace } from './namespace.js';
import { joinLiterals, printPattern } from './pattern/text.js';
import { WIDER } from './pattern/wider.js';

export interface Alternative {
  object: string;
  /** Names in all runs that it admits and that the rule was not learnt from. */
  also_admits: number;
  /** Rows per run that it would deny where a run is left out. */
  heldout_denials: number;
}

/** What stands for several literals that differ in one piece: as one rule, and which literals those are. */
export interface Merger {
  pattern: Pattern;
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
    return [{ pattern, members: left.flatMap(({ at }) => literals[at]!.members), of: left.map(({ at }) => at) }];
  });
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

/** One alternative, with its price. */
export function priced(
  pattern: Pattern,
  members: readonly { name: string }[],
  namespace: Namespace,
  fold: boolean,
): Alternative {
  return { object: printPattern(pattern), also_admits: namespace.beside(pattern, members, fold), heldout_denials: 0 };
}

/** Wider readings of `pattern`, from the nearest to the widest. */
export function alternativesOf(
  pattern: Pattern,
  members: readonly { name: string; run: number }[],
  namespace: Namespace,
  fold: boolean,
): Alternative[] {
  const found: Alternative[] = [];
  for (let next = wider(pattern); next !== null; next = wider(next)) found.push(priced(next, members, namespace, fold));
  return found;
}

function wider(pattern: Pattern): Pattern | null {
  let changed = false;
  const parts = pattern.map((part): PatternPart => {
    const next = typeof part === 'string' ? undefined : WIDER[part.token];
    if (next === undefined) return part;
    changed = true;
    return { token: next };
  });
  return changed ? parts : null;
}
