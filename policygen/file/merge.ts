// What a new learning makes of the rules a file already has: what a person decided or wrote survives.
import { type Fields, fieldsOf } from './fields.js';
import type { Rule } from './model.js';
import { freshId } from './rule_id.js';

/** What a person says about a rule, and what the recordings say; the rest is the rule itself. */
const ABOUT = new Set(['id', 'state', 'needed', 'evidence', 'decided', 'note']);

function itself(rule: Rule): Fields {
  return Object.fromEntries(Object.entries(fieldsOf(rule)).filter(([key]) => !ABOUT.has(key)));
}

const identityOf = (rule: Rule): string => {
  const fields = itself(rule);
  return JSON.stringify(
    Object.keys(fields)
      .sort()
      .map((key) => [key, fields[key]]),
  );
};

/** A rule that Shuttle wrote and nobody touched: its id is still the one that is derived from it. */
function untouched(rule: Rule): boolean {
  const remarked = rule.decided !== undefined || (rule.note !== undefined && !OWN_NOTE.test(rule.note));
  return rule.state === 'proposed' && !remarked && derived(rule);
}

/** What the analyzer remarks on rules for the runtime's own doings. */
const OWN_NOTE = /'s own doing$/;

const derived = (rule: Rule): boolean => rule.id.startsWith(freshId(rule, new Set()));

/**
 * The rules of `existing` after `learnt`, which comes from all runs there are, old ones included:
 * - accepted and refused rules, and rules that a person edited or remarked upon, stay as they are;
 * - a rule learnt again gets the new evidence and need, and keeps its id, state and remarks;
 * - a proposed, untouched rule that was not learnt again goes;
 * - a learnt rule that is not there yet comes last.
 */
export function mergeRules(existing: readonly Rule[], learnt: readonly Rule[]): Rule[] {
  const meant = withKnownCarriers(existing, learnt);
  const again = new Map(meant.map((rule) => [identityOf(rule), rule]));
  const byId = new Map(meant.map((rule) => [rule.id, rule]));
  const carriers = new Set([...existing, ...meant].map((rule) => rule.carrier));
  const used = new Set<Rule>();
  const kept = existing.flatMap((rule): Rule[] => {
    const found = again.get(identityOf(rule));
    if (found !== undefined) {
      used.add(found);
      return [refreshed(rule, found)];
    }
    if (untouched(rule) && !carriers.has(rule.id)) return [];
    const edited = byId.get(rule.id);
    if (edited !== undefined) used.add(edited); // a person narrowed or widened it: theirs stands in its place
    return [rule];
  });
  const taken = new Set(kept.map((rule) => rule.id));
  return [...kept, ...meant.filter((rule) => !used.has(rule)).map((rule) => renamed(rule, taken))];
}

/** A person may have given a rule another id: what names it as its carrier has to say that one. */
function withKnownCarriers(existing: readonly Rule[], learnt: readonly Rule[]): Rule[] {
  const known = new Map(existing.map((rule) => [identityOf(rule), rule.id]));
  const called = new Map(learnt.map((rule) => [rule.id, known.get(identityOf(rule)) ?? rule.id]));
  return learnt.map((rule) => {
    const carrier = rule.carrier === undefined ? undefined : called.get(rule.carrier);
    return carrier === undefined ? rule : { ...rule, carrier };
  });
}

function refreshed(rule: Rule, found: Rule): Rule {
  const evidence = found.evidence === undefined ? {} : { evidence: found.evidence };
  // Only a trial proves a need or its absence, and this was none.
  const needed = rule.needed === 'proven' || rule.needed === 'optional' ? rule.needed : found.needed;
  return { ...rule, ...evidence, needed };
}

function renamed(rule: Rule, taken: Set<string>): Rule {
  const id = taken.has(rule.id) ? freshId(rule, taken) : rule.id;
  taken.add(id);
  return { ...rule, id };
}

/**
 * Those of `rules` that speak of VMs the file has: earlier runs may know one that was taken out since. What was carried by a
 * rule that goes, goes with it.
 */
export function rulesAmong(rules: readonly Rule[], vms: readonly string[]): Rule[] {
  const known = new Set([...vms, 'host', 'net']);
  const isKnown = (end: string) => known.has(end.split(':', 1)[0] as string);
  const gone = new Set(rules.filter(({ from, to }) => !isKnown(from) || !isKnown(to)).map(({ id }) => id));
  return rules.filter(({ id, carrier }) => !gone.has(id) && !gone.has(carrier ?? ''));
}
