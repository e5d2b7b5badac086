// Which names the rules of a system file stand for already: of the rules that admit a name, the most specific has it.
import { foldName } from '../native/contract/fold.js';
import type { Pattern } from '../native/contract/rules.js';
import type { Group, SeenName, Sighting } from './grammar/names.js';
import { isBound } from './pattern/admits.js';
import { matcher } from './pattern/match.js';
import { bySpecificity } from './pattern/specific.js';
import { readPattern } from './pattern/text.js';
import { type ExistingRule, opsOf, placeOf } from './rule.js';

/** A name of a run that a rule has, as the table `rule_names` holds it. */
export type RuleName = [rule: string, run: string, from: string, to: string, op: string, name: string];

export interface Attribution {
  names: RuleName[];
  /** What no rule has. */
  left: Group[];
}

type Test = (name: string, values: readonly { token: string; value: string }[]) => boolean;

/** Gives each name of each run to the rule that decides it. */
export function attribute(groups: readonly Group[], rules: readonly ExistingRule[]): Attribution {
  const names: RuleName[] = [];
  const left = groups.map((group) => {
    const deciding = decider(group, rules);
    if (deciding === null) return group;
    const kept = group.names.map((seen): SeenName => {
      const sightings = seen.sightings.filter((sighting) => {
        const rule = deciding(seen.name, sighting.values);
        if (rule !== undefined) names.push(...namesIn(rule, group, seen.name, sighting));
        return rule === undefined;
      });
      return { name: seen.name, sightings };
    });
    return { ...group, names: kept.filter(({ sightings }) => sightings.length > 0) };
  });
  return { names, left };
}

// What was passed stands in the models as the receiver's own interactions.
function namesIn(rule: string, { runs, from, to, op }: Group, name: string, { run, origins }: Sighting): RuleName[] {
  return (origins ?? [{ from, to, op }]).map((origin) => [rule, runs[run]!, origin.from, origin.to, origin.op, name]);
}

type Decider = (name: string, values: readonly { token: string; value: string }[]) => string | undefined;

/** The id of the rule that decides a name, or null where no rule is about this group. */
function decider(group: Group, rules: readonly ExistingRule[]): Decider | null {
  const sorted = sortedFor(group, rules);
  if (sorted.length === 0) return null;
  const plain = (text: string) => (group.fold ? foldName(text) : text);
  // A literal is more specific than any pattern that admits it, and is looked up.
  const literals = new Map<string, string>();
  const tests: { id: string; test: Test }[] = [];
  for (const { rule, pattern } of sorted) {
    const literal = pattern.every((part) => typeof part === 'string') ? plain(pattern.join('')) : null;
    if (literal === null) tests.push({ id: rule.id, test: testOf(pattern, group.fold) });
    else if (!literals.has(literal)) literals.set(literal, rule.id);
  }
  return (name, values) => literals.get(plain(name)) ?? tests.find(({ test }) => test(name, values))?.id;
}

function sortedFor(group: Group, rules: readonly ExistingRule[]): { rule: ExistingRule; pattern: Pattern }[] {
  const matching = rules
    .filter((rule) => placeOf(rule.from) === group.from && placeOf(rule.to) === group.to)
    .filter((rule) => opsOf(rule).some((op) => op === group.op))
    .map((rule) => ({ rule, pattern: readPattern(rule.object) }));
  const refusedFirst = (rule: ExistingRule) => (rule.state === 'refused' ? 0 : 1);
  return matching.sort((a, b) => bySpecificity(a.pattern, b.pattern) || refusedFirst(a.rule) - refusedFirst(b.rule));
}

// Bound tokens stand for other values in each run; without them one test serves all.
function testOf(pattern: Pattern, fold: boolean): Test {
  if (!pattern.some((part) => typeof part !== 'string' && isBound(part.token))) {
    return matcher(pattern, () => [], fold);
  }
  return (name, values) => {
    const bound = (token: string) => values.filter((one) => one.token === token).map(({ value }) => value);
    return matcher(pattern, bound, fold)(name);
  };
}
