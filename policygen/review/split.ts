// One rule into several that say the same: by operation, or else by the names that were recorded.

import { opsOf, type Rule } from '../file/model.js';
import { freshId } from '../file/rule_id.js';
import { patternOf } from '../pattern/pattern.js';

// A longer list is no help to anybody.
const MOST = 50;

export function split(
  rule: Rule,
  names: readonly string[],
  taken: Set<string>,
): { rules: Rule[] } | { reason: string } {
  const ops = opsOf(rule);
  if (ops.length > 1)
    return {
      rules: named(
        ops.map((op) => ({ ...rule, allow: op })),
        taken,
      ),
    };
  if (patternOf(rule.object).every((part) => typeof part === 'string'))
    return { reason: 'it is about one name already' };
  if (names.length === 0) return { reason: 'no name was recorded that it could be split into' };
  if (names.length > MOST) return { reason: `${names.length} names were recorded: too many to be told one by one` };
  return {
    rules: named(
      names.map((name) => ({ ...rule, object: name.replace(/[{}]/g, '$&$&') })),
      taken,
    ),
  };
}

function named(rules: readonly Rule[], taken: Set<string>): Rule[] {
  return rules.map((rule) => {
    const { evidence: _, ...plain } = rule; // it was counted for all of them together
    const id = freshId(plain, taken);
    taken.add(id);
    return { ...plain, id };
  });
}
