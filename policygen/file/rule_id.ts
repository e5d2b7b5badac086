// A rule's id is derived from the rule (analyzer/rule_id.ts), so that it is the same in every run.
import { ruleId } from '../../analyzer/rule_id.js';
import type { Rule } from './model.js';

/** The rule's own id, or, where another rule has taken it, the same with a number. */
export function freshId(rule: Omit<Rule, 'id'>, taken: ReadonlySet<string>): string {
  const own = ruleId(rule);
  for (let count = 1; ; count++) {
    const id = count === 1 ? own : `${own}-${count}`;
    if (!taken.has(id)) return id;
  }
}
