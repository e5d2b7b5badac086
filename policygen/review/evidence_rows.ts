// The interactions that bear a rule out, one by one.
import type { EvidenceRow, MessageHead } from '../../analyzer/explain/evidence.js';
import { count } from '../../native/contract/count.js';
import type { Book } from './book.js';
import type { Shown } from './frame.js';
import { type State, selectedRule } from './state.js';
import { cutMiddle, oneLine, plainRow, type Row, wrap } from './text.js';

export function evidenceRows(state: State, book: Book, evidence: Shown | null, columns: number): Row[] {
  const rule = selectedRule(state);
  if (rule === null) return [];
  const held = book.held(rule, state.rules);
  return [
    ...wrap(oneLine(book.facts.of(rule).doing), columns, 3).map((text) => plainRow(text, 'bold')),
    plainRow(
      `${count(held.times, 'interaction')} in ${held.runs} of ${count(held.of, 'run')}, under ${count(held.names.length, 'name')}:`,
    ),
    ...held.names
      .slice(0, 20)
      .map(({ name, times, runs }) =>
        plainRow(cutMiddle(`  ${count(times, 'time')} in ${count(runs, 'run')}  ${oneLine(name)}`, columns)),
      ),
    ...(held.names.length > 20 ? [plainRow(`  and ${held.names.length - 20} more`)] : []),
    plainRow(''),
    ...recorded(rule.id, evidence, columns),
  ];
}

function recorded(id: string, evidence: Shown | null, columns: number): Row[] {
  if (evidence === null || evidence.id !== id || evidence.rows === null) return [plainRow('reading the runs…', 'dim')];
  if (evidence.rows.length === 0) return [plainRow('no single interaction is recorded for it')];
  return evidence.rows.flatMap((row) => interactionRows(row, columns));
}

function interactionRows(row: EvidenceRow & { messages?: readonly MessageHead[] }, columns: number): Row[] {
  const { at, run, seq, verdict, image, pid, op, object, peer, messages = [] } = row;
  return [
    plainRow(cutMiddle(`${at}  ${verdict}  ${oneLine(image ?? '?')} (${pid})`, columns), 'bold'),
    plainRow(cutMiddle(`  ${op} ${oneLine(object)}${peer === null ? '' : ` of ${oneLine(peer)}`}`, columns)),
    plainRow(cutMiddle(`  ${run} #${seq}`, columns), 'dim'),
    ...messages.map(({ direction, size, bytes }) =>
      plainRow(cutMiddle(`  ${direction === 0 ? 'out' : 'in '} ${size} bytes: ${oneLine(bytes)}`, columns), 'dim'),
    ),
  ];
}
