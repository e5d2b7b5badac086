// What one set of rules admits and another does not, decided exactly, with an example for each rule that admits more.
import { type Example, type Found, findBeyond, findName, type Naming } from '../../analyzer/pattern/algebra.js';
import { printPattern } from '../../analyzer/pattern/text.js';
import { foldName } from '../../native/contract/fold.js';
import type { CompiledRule, Pattern } from '../../native/contract/rules.js';
import { ACCESS, type Access, type Op } from '../../native/contract/words.js';
import { type Cell, cellsOf, matchesIn } from './cells.js';
import { byPrecedence } from './order.js';

/** An interaction that one set of rules admits and the other does not. */
export interface Beyond {
  /** The rule that admits it. */
  rule: string;
  /** A refusal of the other set that keeps it out; null where no rule there has it. */
  refused_by: string | null;
  allow: Op[];
  from: string;
  to: string;
  /** A pattern with bound tokens only. */
  object: string;
  args?: readonly string[];
  access?: Access[];
  /** True where the search was given up: then nothing is known to be admitted, and the example is the whole rule. */
  undecided?: true;
}

/** For each rule of `rules` that admits something which `others` do not: what. In the order of `rules`. */
export function admittedBeyond(rules: readonly CompiledRule[], others: readonly CompiledRule[]): Beyond[] {
  const [mine, theirs] = [bucketsOf(rules), bucketsOf(others)];
  const found = new Map<string, Beyond>();
  for (const rule of rules.filter(({ allow }) => allow))
    for (const op of rule.ops) {
      const key = keyOf(rule, op);
      const beyond = beyondOf(rule, op, mine.get(key)!, theirs.get(key) ?? EMPTY);
      if (beyond !== null) note(found, beyond);
    }
  return [...found.values()];
}

function note(found: Map<string, Beyond>, beyond: Beyond): void {
  const { allow, ...rest } = beyond;
  const key = JSON.stringify(rest);
  const known = found.get(key);
  if (known === undefined) found.set(key, beyond);
  else known.allow.push(...allow);
}

/** Rules that can meet in an interaction, those that decide first coming first. */
interface Bucket {
  rules: readonly CompiledRule[];
  /** What each says, without its id. */
  said: ReadonlySet<string>;
  refusals: string;
}

const EMPTY: Bucket = { rules: [], said: new Set(), refusals: '' };

const keyOf = ({ from, to }: CompiledRule, op: Op): string => `${op} ${from} ${to}`;

// Carriers are known by what they say: their ids may differ.
function bucketsOf(rules: readonly CompiledRule[]): Map<string, Bucket> {
  const lists = new Map<string, CompiledRule[]>();
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  for (const rule of rules) {
    const carrier = byId.get(rule.carrier ?? '');
    const named = carrier === undefined ? rule : { ...rule, carrier: saidBy({ ...carrier, carrier: null }) };
    for (const op of rule.ops) {
      const list = lists.get(keyOf(rule, op));
      if (list) list.push(named);
      else lists.set(keyOf(rule, op), [named]);
    }
  }
  return new Map([...lists].map(([key, list]) => [key, bucketOf(list)]));
}

function bucketOf(list: readonly CompiledRule[]): Bucket {
  const rules = byPrecedence(list);
  const refusals = rules.filter(({ allow }) => !allow).map(saidBy);
  return { rules, said: new Set(rules.map(saidBy)), refusals: refusals.sort().join('\n') };
}

/** What a rule says, as text: alike for rules that match alike. */
function saidBy(rule: CompiledRule): string {
  const { id, ops, relay, object, args, fold, ...rest } = rule;
  const text = printPattern(object);
  return JSON.stringify([fold ? foldName(text) : text, fold, args?.map(printPattern) ?? null, rest]);
}

function beyondOf(given: CompiledRule, op: Op, mine: Bucket, theirs: Bucket): Beyond | null {
  const rule = mine.rules.find(({ id, ops, fold }) => id === given.id && fold === given.fold && ops === given.ops)!;
  // The usual case: both have it, and refuse the same.
  if (theirs.said.has(saidBy(rule)) && theirs.refusals === mine.refusals) return null;
  const near = (other: CompiledRule) => mayMeet(rule, other);
  const before = mine.rules.slice(0, mine.rules.indexOf(rule)).filter((other) => !other.allow && near(other));
  const against = theirs.rules.filter(near);
  const tried = new Set<string>();
  for (const cell of cellsOf(rule, [...before, ...against])) {
    const refusals = before.filter((other) => matchesIn(other, cell));
    const rivals = against.filter((other) => matchesIn(other, cell));
    const meeting = [refusals, rivals].map((list) => list.map(({ id }) => id).join()).join(';');
    if (tried.has(meeting)) continue;
    tried.add(meeting);
    const { found, by } = search(rule, refusals, rivals);
    if (found.is === 'none') continue;
    const example = found.is === 'some' ? found.example : wholeOf(rule);
    return { ...told(rule, op, cell, example), refused_by: by, ...(found.is === 'some' ? {} : { undecided: true }) };
  }
  return null;
}

const namingOf = ({ object, fold, args, carrier }: CompiledRule): Naming => ({ pattern: object, fold, args, carrier });

/** A name that the rule has, no refusal before it keeps back, and the rivals do not allow. */
function search(
  rule: CompiledRule,
  refusals: readonly CompiledRule[],
  rivals: readonly CompiledRule[],
): { found: Found; by: string | null } {
  const others = [...refusals, ...rivals];
  const one = namingOf(rule);
  if (others.every(({ allow }) => allow)) return { found: findBeyond(one, others.map(namingOf)), by: null };
  let by: string | null = null;
  const found = findName(one, others.map(namingOf), (admitted) => {
    if (admitted.slice(0, refusals.length).includes(true)) return false;
    const decides = rivals[admitted.indexOf(true, refusals.length) - refusals.length];
    by = decides?.id ?? null;
    return decides?.allow !== true;
  });
  return { found, by };
}

function told(rule: CompiledRule, op: Op, cell: Cell, { object, args }: Example): Omit<Beyond, 'refused_by'> {
  const place = (vm: string, image: string | null) => (image === null ? vm : `${vm}:${image}`);
  const words = (Object.keys(ACCESS) as Access[]).filter((word) => (cell.access & ACCESS[word]) !== 0);
  return {
    rule: rule.id,
    allow: [op],
    from: place(rule.from, rule.fromImage ?? cell.fromImage),
    to: place(rule.to, rule.toImage ?? cell.toImage),
    object,
    ...(rule.args === null && args.length === 0 ? {} : { args }),
    ...(words.length === 0 ? {} : { access: words }),
  };
}

const wholeOf = ({ object, args }: CompiledRule): Example => ({
  object: printPattern(object),
  args: args?.map(printPattern) ?? [],
});

// Most rules are told apart by the literals they begin and end with.
function mayMeet(a: CompiledRule, b: CompiledRule): boolean {
  const fold = a.fold || b.fold;
  const [one, other] = [endsOf(a.object, fold), endsOf(b.object, fold)];
  if (one.whole && other.whole) return one.head === other.head;
  return (
    (one.head.startsWith(other.head) || other.head.startsWith(one.head)) &&
    (one.tail.endsWith(other.tail) || other.tail.endsWith(one.tail))
  );
}

const endsKnown = new WeakMap<Pattern, { head: string; tail: string; whole: boolean }[]>();

function endsOf(pattern: Pattern, fold: boolean): { head: string; tail: string; whole: boolean } {
  const known = endsKnown.get(pattern) ?? [];
  endsKnown.set(pattern, known);
  const at = fold ? 1 : 0;
  known[at] ??= makeEnds(pattern, fold);
  return known[at];
}

function makeEnds(pattern: Pattern, fold: boolean): { head: string; tail: string; whole: boolean } {
  const text = (part: Pattern[number] | undefined) => (typeof part !== 'string' ? '' : fold ? foldName(part) : part);
  return {
    head: text(pattern[0]),
    tail: text(pattern.at(-1)),
    whole: pattern.length === 1 && typeof pattern[0] === 'string',
  };
}
