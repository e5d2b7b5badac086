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

// What else is done to a rule says its key where the rule is shown.
const FIRST = ['?', 'a', 'r', 'u', 's', 'q', 'Enter', 'e', 'f', 'Tab', '/', 'x', 'c', 'y'];

/** The keys of a mode on one line, the most wanted first, as many as fit whole. */
export function footerRow(mode: Mode, columns: number): Row {
  const first = mode === 'list' ? FIRST : null;
  const keys = keysOf(mode).filter(({ shown }) => shown !== '');
  const wanted = first === null ? keys : first.flatMap((key) => keys.filter(({ shown }) => shown === key));
  let left = columns;
  const fits = wanted.filter(({ shown, says }) => {
    left -= shown.length + says.length + 3;
    return left >= -2; // the blanks after the last one may be cut
  });
  return fits.flatMap(({ shown, says }): Row => [{ text: shown, tone: 'bold' }, { text: ` ${says}  ` }]);
}
