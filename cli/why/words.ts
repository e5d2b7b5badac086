// The answer as people read it.
import type { EvidenceRow } from '../../analyzer/explain/evidence.js';
import { printable } from '../../native/contract/printable.js';
import type { Asked } from '../../policygen/explain/question.js';
import type { Why } from '../../policygen/explain/why.js';
import { paint } from '../print.js';
import type { Recorded } from './why.js';

const MOST_SHOWN = 5;
const STAYED = 'it stays inside its VM, where no rule is asked';

export function linesOf(found: Why, recorded: Recorded | null, evidence: readonly EvidenceRow[] | null): string[] {
  return [
    `${verdict(found)}: ${askedWords(found.asked)}`,
    ...(recorded === null ? [] : [recordedWords(recorded)]),
    ...(found.rule === null ? [found.inside ? STAYED : 'no rule is about it'] : ruleWords(found)),
    ...nearWords(found),
    ...evidenceWords(evidence ?? []),
    ...found.change,
  ];
}

function verdict({ allowed, rule }: Why): string {
  if (allowed) return paint('green', 'allowed', 1);
  return paint('red', rule === null ? 'blocked' : 'refused', 1);
}

function askedWords({ op, from, fromImage, to, object, access }: Asked): string {
  const who = fromImage === null ? from : `${from}:${fromImage}`;
  const how = access.length === 0 ? '' : ` to ${access.join(', ')}`;
  return printable(`${who} may ${op}${to === null ? '' : ` ${to}`} ${object}${how}`);
}

const recordedWords = ({ run, seq, verdict: was, rule }: Recorded): string =>
  `in run ${run}, number ${seq}, it was ${was}${rule === null ? '' : ` by rule ${rule}`}`;

const ruleWords = ({ rule, sentence }: Why): string[] => [
  `by rule ${rule!.id} (${rule!.state}${rule!.decided?.by === undefined ? '' : ` by ${printable(rule!.decided.by)}`})`,
  `  ${printable(sentence ?? '')}`,
];

function nearWords({ nearest }: Why): string[] {
  if (nearest.length === 0) return [];
  return [
    'nearest:',
    ...nearest.flatMap(({ rule, state, sentence, differences }) => [
      `  ${rule} (${state}): ${printable(sentence)}`,
      ...differences.map(({ says }) => `    ${printable(says)}`),
    ]),
  ];
}

function evidenceWords(rows: readonly EvidenceRow[]): string[] {
  if (rows.length === 0) return [];
  return [
    'evidence:',
    ...rows
      .slice(0, MOST_SHOWN)
      .map(({ run, seq, at, image, verdict: was, op, object }) =>
        printable(`  ${at}  ${run} #${seq}  ${was}  ${image ?? '?'}  ${op} ${object}`),
      ),
    ...(rows.length > MOST_SHOWN ? ['  and more: --json lists them'] : []),
  ];
}
