// Help and footer, made of the tables of keys.
import { keysOf } from './keys.js';
import type { Mode } from './state.js';
import { plainRow, type Row, wrap } from './text.js';

const MARKS = [
  '[ ] proposed   [+] accepted   [-] refused; the digit is the risk, 1 to 5.',
  'Rules are grouped by who reaches whom in what way; the riskiest and least sure come first.',
  'Nothing is written before you save. Quitting with changes asks.',
  'Filter: fields id op class from to object state needed risk uncertainty rank runs of times note by carrier phase; = != < <= > >= and ~ (contains); and, or, not, ( ). As in: needed=proven and risk<3',
];

export function helpRows(columns: number): Row[] {
  const keys = keysOf('list').filter(({ shown }) => shown !== '');
  return [
    ...keys.map(({ shown, says }): Row => [{ text: `  ${shown.padEnd(11)}`, tone: 'bold' }, { text: says }]),
    plainRow(''),
    ...MARKS.flatMap((text) => wrap(text, columns, 6).map((line) => plainRow(line))),
  ];
}

/** The keys of a mode on one line, the most wanted first. */
export function footerRow(mode: Mode): Row {
  const first = mode === 'list' ? ['?', 'a', 'r', 'n', 'w', 'e', 'Enter', 'u', 'f', 's', 'q'] : null;
  const keys = keysOf(mode).filter(({ shown }) => shown !== '');
  const wanted = first === null ? keys : first.flatMap((key) => keys.filter(({ shown }) => shown === key));
  return wanted.flatMap(({ shown, says }): Row => [{ text: shown, tone: 'bold' }, { text: ` ${says}  ` }]);
}
