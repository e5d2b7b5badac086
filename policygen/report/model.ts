// All that a report says, put together from recorded runs and rules: what the page, the picture and the Markdown draw.
import type { Coverage } from '../../analyzer/coverage.js';
import type { Crossing, Recorded } from '../../analyzer/report/read.js';
import { classOfOp } from '../../native/contract/words.js';
import { weigh } from '../explain/risk.js';
import { doingOf, NEED_WORDS, seenWords } from '../explain/sentence.js';
import { shownPattern } from '../explain/shown.js';
import { opsOf, type Rule, type SystemFile, splitPlace } from '../file/model.js';
import { type Graph, graphOf } from './graph.js';

export interface RuleReport {
  rule: Rule;
  /** `app talks to db over TCP 5544`. */
  doing: string;
  seen: string;
  need: string;
  risk: number;
  reasons: readonly string[];
}

export interface Report extends Recorded {
  system: string;
  vms: readonly string[];
  graph: Graph;
  /** Null without runs that learnt. */
  coverage: Coverage | null;
  rules: readonly RuleReport[];
}

/** Without a record the graph is drawn from the rules alone. */
export function reportOf(file: SystemFile, recorded: Recorded, coverage: Coverage | null): Report {
  const vms = file.system.vms.map(({ name }) => name);
  const patterns = new Map(file.rules.map(({ id, object }) => [id, shownPattern(object)]));
  const crossings = recorded.runs.length > 0 ? recorded.crossings : file.rules.flatMap(crossingsOf);
  return {
    ...recorded,
    crossings,
    system: file.system.name,
    vms,
    graph: graphOf(crossings, patterns, vms),
    coverage,
    rules: file.rules
      .map((rule) => ruleReport(rule, file))
      .sort((a, b) => b.risk - a.risk || (a.rule.id < b.rule.id ? -1 : 1)),
  };
}

function ruleReport(rule: Rule, file: SystemFile): RuleReport {
  const { risk, reasons } = weigh(rule);
  return { rule, doing: doingOf(rule, file), seen: seenWords(rule), need: NEED_WORDS[rule.needed], risk, reasons };
}

/** What a rule would let across, as if it had been recorded. */
function crossingsOf(rule: Rule): Crossing[] {
  const from = splitPlace(rule.from);
  const to = splitPlace(rule.to);
  return opsOf(rule).map((op) => ({
    vm: from.vm,
    image: from.image,
    class: classOfOp(op),
    op,
    place: to.vm,
    peer_image: to.image,
    name: shownPattern(rule.object),
    verdict: rule.state === 'refused' ? 'blocked' : 'shuttled',
    rule: rule.id,
    times: rule.evidence?.times ?? 0,
    runs: rule.evidence?.runs ?? 0,
    first: rule.evidence?.first ?? null,
    last: rule.evidence?.last ?? null,
  }));
}
