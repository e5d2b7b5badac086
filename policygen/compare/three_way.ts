// Two persons changed the same rules: what came of both. Where they contradict each other, the narrower of the two holds
// until somebody decides, and it is told.
import { includes } from '../../analyzer/pattern/algebra.js';
import { type Fields, fieldsOf, RULE_KEYS } from '../file/fields.js';
import type { Evidence, Rule, RuleState } from '../file/model.js';
import { same, type Value } from '../file/scalar.js';
import { patternOf } from '../pattern/pattern.js';

/** What both changed, each to something else. `key` is a rule's, or a path of the file beside the rules. */
export interface Conflict {
  rule: string | null;
  key: string;
  ours: Value | null;
  theirs: Value | null;
  taken: Value | null;
}

export interface Merged {
  /** In the order of ours; what only they have comes last. */
  rules: Rule[];
  conflicts: Conflict[];
}

type Side = Rule | undefined;

/** Merges rules by their ids. */
export function mergeThree(base: readonly Rule[], ours: readonly Rule[], theirs: readonly Rule[]): Merged {
  const [before, mine, others] = [base, ours, theirs].map((rules) => new Map(rules.map((rule) => [rule.id, rule])));
  const ids = [...new Set([...ours, ...theirs].map(({ id }) => id))];
  const conflicts: Conflict[] = [];
  const rules = ids.flatMap((id) => mergeRule(id, before!.get(id), mine!.get(id), others!.get(id), conflicts));
  return { rules, conflicts };
}

const alike = (a: Side, b: Side): boolean =>
  a === undefined || b === undefined ? a === b : same(fieldsOf(a), fieldsOf(b));

function mergeRule(id: string, base: Side, ours: Side, theirs: Side, conflicts: Conflict[]): Rule[] {
  const only = (rule: Side): Rule[] => (rule === undefined ? [] : [rule]);
  if (alike(ours, theirs) || alike(base, theirs)) return only(ours);
  if (alike(base, ours)) return only(theirs);
  if (ours !== undefined && theirs !== undefined) return [mergeFields(base, ours, theirs, conflicts)];
  // One took it out, the other changed it: a no stays said, a yes goes.
  const kept = (ours ?? theirs)!;
  const stays = kept.state === 'refused';
  const said = (rule: Side): Value => (rule === undefined ? 'taken out' : rule.state);
  conflicts.push({
    rule: id,
    key: 'rule',
    ours: said(ours),
    theirs: said(theirs),
    taken: stays ? 'refused' : 'taken out',
  });
  return stays ? [kept] : [];
}

function mergeFields(base: Side, ours: Rule, theirs: Rule, conflicts: Conflict[]): Rule {
  const [before, mine, others] = [base === undefined ? {} : fieldsOf(base), fieldsOf(ours), fieldsOf(theirs)];
  const merged: Record<string, Value> = {};
  for (const key of RULE_KEYS) {
    const value = pick(key, before, mine, others, conflicts, ours.id);
    if (value !== undefined) merged[key] = value;
  }
  // Who decided goes with what was decided.
  const decided = decidedOf(merged.state as RuleState, ours, theirs, base);
  if (decided === undefined) delete merged.decided;
  else merged.decided = decided as Value;
  return merged as unknown as Rule;
}

function pick(
  key: keyof Rule,
  base: Fields,
  ours: Fields,
  theirs: Fields,
  conflicts: Conflict[],
  rule: string,
): Value | undefined {
  const [before, mine, others] = [base[key], ours[key], theirs[key]];
  if (same(mine, others) || same(before, others)) return mine;
  if (same(before, mine)) return others;
  const settle = SETTLED[key];
  if (settle !== undefined) return settle(mine, others);
  const taken = narrower(key, mine, others);
  conflicts.push({ rule, key, ours: mine ?? null, theirs: others ?? null, taken: taken ?? null });
  return taken;
}

type Settle = (ours: Value | undefined, theirs: Value | undefined) => Value | undefined;

const NEEDS = ['unknown', 'seen', 'optional', 'proven'];

// What is said about a rule is never a contradiction.
const SETTLED: Partial<Record<keyof Rule, Settle>> = {
  evidence: (ours, theirs) => moreOf(ours as Evidence | undefined, theirs as Evidence | undefined) as Value,
  needed: (ours, theirs) => (NEEDS.indexOf(ours as string) >= NEEDS.indexOf(theirs as string) ? ours : theirs),
  note: (ours, theirs) => [ours, theirs].filter((one) => one !== undefined).join('; '),
  decided: (ours) => ours,
};

function moreOf(a: Evidence | undefined, b: Evidence | undefined): Evidence | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return (b.of ?? 0) > (a.of ?? 0) || ((b.of ?? 0) === (a.of ?? 0) && (b.last ?? '') > (a.last ?? '')) ? b : a;
}

const STATES: readonly RuleState[] = ['refused', 'proposed', 'accepted'];

// Keys without which a rule admits more.
const NARROWING = new Set<keyof Rule>(['access', 'args', 'operation', 'message', 'title', 'phase', 'carrier']);

function narrower(key: keyof Rule, ours: Value | undefined, theirs: Value | undefined): Value | undefined {
  if (key === 'state') return STATES.find((state) => state === ours || state === theirs);
  if (NARROWING.has(key) && (ours === undefined || theirs === undefined)) return ours ?? theirs;
  if (key === 'object') {
    const [mine, others] = [ours, theirs].map((text) => ({ pattern: patternOf(text as string), fold: false }));
    return includes(mine!, others!) ? theirs : ours;
  }
  if ((key === 'access' || key === 'allow') && ours !== undefined && theirs !== undefined) {
    const both = [ours].flat().filter((word) => [theirs].flat().includes(word as string));
    return both.length > 0 ? (both as Value) : ours;
  }
  return ours;
}

function decidedOf(state: RuleState, ours: Rule, theirs: Rule, base: Side): Rule['decided'] {
  const sides = [ours, theirs].filter(
    (rule) => rule.state === state && !same(rule.decided as Value, base?.decided as Value),
  );
  const latest = sides.map(({ decided }) => decided).sort((a, b) => ((a?.at ?? '') < (b?.at ?? '') ? 1 : -1))[0];
  return latest ?? [ours, theirs].find((rule) => rule.state === state)?.decided;
}
