// Which names the rules of a system file stand for already: of the rules that admit a name, the most specific has it.
import type { Group, SeenName } from './grammar/names.js';
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
    const tests = testsFor(group, rules);
    if (tests.length === 0) return group;
    const kept = group.names.map((seen): SeenName => {
      const sightings = seen.sightings.filter(({ run, values }) => {
        const rule = tests.find(({ test }) => test(seen.name, values))?.id;
        if (rule !== undefined) names.push([rule, group.runs[run]!, group.from, group.to, group.op, seen.name]);
        return rule === undefined;
      });
      return { name: seen.name, sightings };
    });
    return { ...group, names: kept.filter(({ sightings }) => sightings.length > 0) };
  });
  return { names, left };
}

function testsFor(group: Group, rules: readonly ExistingRule[]): { id: string; test: Test }[] {
  const matching = rules
    .filter((rule) => placeOf(rule.from) === group.from && placeOf(rule.to) === group.to)
    .filter((rule) => opsOf(rule).some((op) => op === group.op))
    .map((rule) => ({ rule, pattern: readPattern(rule.object) }));
  const refusedFirst = (rule: ExistingRule) => (rule.state === 'refused' ? 0 : 1);
  matching.sort((a, b) => bySpecificity(a.pattern, b.pattern) || refusedFirst(a.rule) - refusedFirst(b.rule));
  return matching.map(({ rule, pattern }) => ({ id: rule.id, test: testOf(pattern, group.fold) }));
}

const BOUND = /^(win\.|peer\.)*pid$|^(uid|user|host|home|temp|session|given)$/;

// Bound tokens stand for other values in each run; without them one test serves all.
function testOf(pattern: ReturnType<typeof readPattern>, fold: boolean): Test {
  if (!pattern.some((part) => typeof part !== 'string' && BOUND.test(part.token))) {
    return matcher(pattern, () => [], fold);
  }
  return (name, values) => {
    const bound = (token: string) => values.filter((one) => one.token === token).map(({ value }) => value);
    return matcher(pattern, bound, fold)(name);
  };
}
