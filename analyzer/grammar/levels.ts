// Which level describes a family best: its names one by one, the pattern that the runs prove, or a wider one. Each has an
// error, the names of a run left out that what the other runs prove at that level would deny; and a length, the bits that
// it takes to write down the rules and then, given those, the names of all runs (two-part description length: Rissanen,
// "Modeling by shortest data description", Automatica 14, 1978). The least error wins; of equal ones, the shortest; of
// those, the narrowest.
import type { Pattern, PatternPart } from '../../native/contract/rules.js';
import { WIDER } from '../pattern/wider.js';
import { isOpen, type Proof, varies } from './evidence.js';
import type { Item } from './items.js';

/** A level as it was scored: `list` for the names one by one. */
export interface Scored {
  pattern: Pattern | 'list';
  /** Names of runs left out in turn that it would deny. */
  denied: number;
  bits: number;
}

export const isList = (pattern: Scored['pattern']): pattern is 'list' => pattern === 'list';

/** The levels that fit a family, the best first. */
export function levelsOf(family: { pattern: Pattern; items: readonly Item[] }, proof: Proof): Scored[] {
  const { items } = family;
  const { listed, denied } = deniedBy(items, proof);
  const typed = ladder(family.pattern).map((pattern) => ({ pattern, denied, bits: bitsOf([pattern], items) }));
  const list: Scored = {
    pattern: 'list',
    denied: listed,
    bits: bitsOf(
      items.map(({ parts }) => parts),
      items,
    ),
  };
  // A set that still grows is no list, however often some of it comes back.
  return (isOpen(items, proof) ? typed : [...typed, list]).sort((a, b) => a.denied - b.denied || a.bits - b.bits);
}

// Enough to tell levels apart: each run left out is a look at all names.
const MOST_LEFT_OUT = 20;
const MOST_WORK = 20_000;

/** A list denies the fresh names of a run; a pattern does where the other runs alone do not prove that there are new ones. */
function deniedBy(items: readonly Item[], { runs, threshold }: Proof): { listed: number; denied: number } {
  const fresh = new Map<number, number>();
  for (const { runs: met } of items) if (met.length === 1) fresh.set(met[0]!, (fresh.get(met[0]!) ?? 0) + 1);
  const most = Math.max(2, Math.min(MOST_LEFT_OUT, Math.floor(MOST_WORK / items.length)));
  const rest = { runs: Math.max(1, runs - 1), threshold };
  let [listed, denied] = [0, 0];
  for (const [left, names] of [...fresh].sort(([a], [b]) => a - b).slice(0, most)) {
    listed += names;
    const others = items.flatMap((item): Item[] => withoutRun(item, left));
    if (!varies(others, false, rest) && !isOpen(others, rest)) denied += names;
  }
  return { listed, denied };
}

function withoutRun(item: Item, left: number): Item[] {
  if (!item.runs.includes(left)) return [item];
  return item.runs.length === 1 ? [] : [{ ...item, runs: item.runs.filter((run) => run !== left) }];
}

function ladder(pattern: Pattern): Pattern[] {
  const found: Pattern[] = [];
  for (let next: Pattern | null = pattern; next !== null; next = wider(next)) found.push(next);
  return found;
}

/** The pattern with each free token replaced by the next wider one; null where none has one. */
export function wider(pattern: Pattern): Pattern | null {
  let changed = false;
  const parts = pattern.map((part): PatternPart => {
    const next = typeof part === 'string' ? undefined : WIDER[part.token];
    if (next === undefined) return part;
    changed = true;
    return { token: next };
  });
  return changed ? parts : null;
}

const LITERAL = 8; // bits of a character that a rule writes out, and of a token's name
const END = 8;
// Bits of a character of a value, given the token that admits it.
const CHARACTER: Partial<Record<string, number>> = { uint: 3.33, hex: 4.46, word: 6, name: 7.5, rest: 8 };
// What the value of a token of one shape takes: 32 hex digits; days of some centuries; seconds of a day, in three ways each.
const WHOLE: Partial<Record<string, number>> = { guid: 144, date: 19, time: 18 };

/** A name as it is to be written down, once for each run that met it. */
export type Named = Pick<Item, 'parts' | 'runs'>;

/** Bits of the rules, and of the names met in all runs given those. */
export function bitsOf(rules: readonly Pattern[], items: readonly Named[]): number {
  const said = rules.reduce((sum, rule) => sum + ruleBits(rule), 0);
  const which = Math.log2(Math.max(1, rules.length));
  const meetings = items.reduce((sum, { runs }) => sum + runs.length, 0);
  const [only] = rules.length === 1 ? rules : [];
  const values =
    only === undefined ? 0 : items.reduce((sum, item) => sum + valueBits(only, item) * item.runs.length, 0);
  return Math.round(said + which * meetings + values);
}

const ruleBits = (rule: Pattern): number =>
  END + rule.reduce((sum, part) => sum + (typeof part === 'string' ? part.length * LITERAL : LITERAL), 0);

/** What is left to say of a name: the values of the rule's free tokens, which share what the rule does not write out. */
function valueBits(rule: Pattern, { parts }: Named): number {
  const free = rule.filter((part) => typeof part !== 'string' && CHARACTER[part.token] !== undefined) as TokenPart[];
  const whole = rule.reduce((sum, part) => sum + (typeof part === 'string' ? 0 : (WHOLE[part.token] ?? 0)), 0);
  const literal = (pattern: readonly PatternPart[]) =>
    pattern.reduce((sum, part) => sum + (typeof part === 'string' ? part.length : 0), 0);
  const length = Math.max(0, literal(parts) - literal(rule) - shapedLength(rule));
  if (free.length === 0) return whole;
  const each =
    free.reduce((sum, { token, width }) => sum + (width === undefined ? CHARACTER[token]! : 4), 0) / free.length;
  const ends = free.filter(({ width }) => width === undefined).length * Math.log2(length + 1);
  return whole + each * length + ends;
}

type TokenPart = Exclude<PatternPart, string>;

const SHAPED: Partial<Record<string, number>> = { guid: 36, date: 10, time: 8 };
const shapedLength = (rule: Pattern): number =>
  rule.reduce((sum, part) => sum + (typeof part === 'string' ? 0 : (SHAPED[part.token] ?? 0)), 0);
