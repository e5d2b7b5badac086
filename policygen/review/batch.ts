// Many decisions at once, for scripts: what an expression chooses is accepted or refused.
import type { Rule, SystemFile } from '../file/model.js';
import type { Test } from './expression.js';
import { FactBook } from './facts.js';

export interface Orders {
  accept: readonly Test[];
  refuse: readonly Test[];
}

export interface Decided {
  rules: Rule[];
  accepted: string[];
  refused: string[];
}

/** Decides rules; what both accepts and refusals choose is refused. What is decided so already stays as it was. */
export function decideAll(file: SystemFile, orders: Orders, decided: { by: string; at: string }): Decided {
  const book = new FactBook(file);
  const made: Decided = { rules: [], accepted: [], refused: [] };
  const rules = file.rules.map((rule): Rule => {
    const { asked } = book.of(rule);
    const refuse = orders.refuse.some((test) => test(asked));
    const accept = orders.accept.some((test) => test(asked));
    const state = refuse ? 'refused' : accept ? 'accepted' : rule.state;
    if (state === rule.state) return rule;
    made[state === 'refused' ? 'refused' : 'accepted'].push(rule.id);
    return { ...rule, state, decided };
  });
  return { ...made, rules };
}
