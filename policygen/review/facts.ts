// What can be asked of a rule, and what a screen shows of it: made once for each version of a rule.
import { classOfOp } from '../../native/contract/words.js';
import { type Weighed, weigh } from '../explain/risk.js';
import { doingOf } from '../explain/sentence.js';
import { opsOf, type Rule, type SystemFile, splitPlace } from '../file/model.js';
import type { Facts } from './expression.js';

export interface RuleFacts extends Weighed {
  class: string;
  /** Risk times uncertainty: the higher, the earlier it is looked at. */
  rank: number;
  doing: string;
  /** What a search looks through, in lower case. */
  words: string;
  asked: Facts;
}

/** Remembers what it found: a rule is a value, and another version of it another one. */
export class FactBook {
  private readonly known = new WeakMap<Rule, RuleFacts>();

  constructor(private readonly file: Pick<SystemFile, 'system'>) {}

  of(rule: Rule): RuleFacts {
    let facts = this.known.get(rule);
    if (facts === undefined) {
      facts = make(rule, this.file);
      this.known.set(rule, facts);
    }
    return facts;
  }
}

function make(rule: Rule, file: Pick<SystemFile, 'system'>): RuleFacts {
  const weighed = weigh(rule);
  const kinds = [...new Set(opsOf(rule).map(classOfOp))];
  const rank = Math.round(weighed.risk * weighed.uncertainty * 100) / 100;
  const { runs = 0, of = 0, times = 0 } = rule.evidence ?? {};
  const doing = doingOf(rule, file);
  const { id, from, to, object, state, needed, note = '', carrier = '', phase = '' } = rule;
  const asked: Facts = {
    id,
    op: [...opsOf(rule)],
    class: kinds,
    from: [from, splitPlace(from).vm],
    to: [to, splitPlace(to).vm],
    object,
    state,
    needed,
    risk: weighed.risk,
    uncertainty: weighed.uncertainty,
    rank,
    runs,
    of,
    times,
    note,
    by: rule.decided?.by ?? '',
    carrier,
    phase,
    doing,
  };
  const words = `${id} ${doing} ${note}`.toLowerCase();
  return { ...weighed, class: kinds[0]!, rank, doing, words, asked };
}
