// The order in which a reviewer meets the rules: by whom they join and in what way, the weightiest first.
import type { Rule } from '../file/model.js';
import type { FactBook } from './facts.js';
import type { Entry } from './state.js';

/** Rules under headings `app -> db, ipc`: headings by their weightiest undecided rule, rules by rank within each. */
export function entriesOf(rules: readonly Rule[], book: FactBook): Entry[] {
  const groups = new Map<string, Rule[]>();
  for (const rule of rules) {
    const key = headingOf(rule, book);
    const list = groups.get(key);
    if (list) list.push(rule);
    else groups.set(key, [rule]);
  }
  const weight = (rule: Rule) => book.of(rule).rank - (rule.state === 'proposed' ? 0 : 100);
  const sorted = [...groups].map(([heading, list]) => {
    const rules = list.toSorted((a, b) => weight(b) - weight(a) || (a.object < b.object ? -1 : 1));
    return { heading, rules, weight: weight(rules[0]!) };
  });
  sorted.sort((a, b) => b.weight - a.weight || (a.heading < b.heading ? -1 : 1));
  return sorted.flatMap(({ heading, rules: list }) => [{ heading, key: heading }, ...list.map(({ id }) => ({ id }))]);
}

export const headingOf = (rule: Rule, book: FactBook): string => `${rule.from} -> ${rule.to}, ${book.of(rule).class}`;
