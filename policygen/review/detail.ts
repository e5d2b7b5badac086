// Below the list: all that is known of one rule at once.

import { count } from '../../native/contract/count.js';
import { printable } from '../../native/contract/printable.js';
import { NEED_WORDS, seenWords } from '../explain/sentence.js';
import { sayDefect } from '../file/complaint.js';
import type { Rule } from '../file/model.js';
import { parsePattern } from '../pattern/pattern.js';
import type { Book, Held, Reading } from './book.js';
import { typedRow } from './frame.js';
import { type State, selectedRule } from './state.js';
import { cut, oneLine, plainRow, type Row, wrap } from './text.js';

const LABEL = 9;

type Tone = Row[number]['tone'];

const labelled = (label: string, text: string, columns: number, tone?: Tone): Row => [
  { text: label.padEnd(LABEL), tone: 'dim' },
  { text: cut(oneLine(text), columns - LABEL), ...(tone === undefined ? {} : { tone }) },
];

interface Said {
  label: string;
  text: string;
  tone?: Tone;
}

/** Each on one line, and on up to three while there is room. */
function spread(items: readonly Said[], columns: number, room: number): Row[] {
  let left = Math.max(0, room - items.length);
  return items.flatMap(({ label, text, tone }) => {
    const most = 1 + Math.min(2, left);
    const lines = most === 1 ? [text] : wrap(oneLine(text), columns - LABEL, most);
    left -= lines.length - 1;
    return lines.map((line, at) => labelled(at === 0 ? label : '', line, columns, tone));
  });
}

export function detailRows(state: State, book: Book, columns: number, height: number): Row[] {
  const rule = selectedRule(state);
  if (rule === null) return [];
  const { risk, uncertainty, rank, reasons, doing } = book.facts.of(rule);
  const held = book.held(rule, state.rules);
  const { narrower, wider } = book.ladder(rule, state.rules);
  const sentence = `${doing}, ${seenWords(rule)}; ${NEED_WORDS[rule.needed]}`;
  const spare = Math.max(1, Math.min(3, height - 6));
  const [narrow, wide] = [narrower[0], wider[0]];
  const head = wrap(oneLine(sentence), columns, spare).map((text) => plainRow(text));
  const risky: Pick<Said, 'tone'> = risk >= 4 ? { tone: 'warn' } : {};
  const said: Said[] = [
    { label: 'risk', text: `${risk} x ${uncertainty} = ${rank}: ${reasons.join('; ')}`, ...risky },
    { label: 'refusing', text: refusingWords(held) },
    {
      label: 'narrow n',
      text: narrow ? readingWords(narrow, 'no longer') : 'nothing narrower admits what was recorded',
    },
    { label: 'widen w', text: wide ? readingWords(wide, 'also') : 'nothing wider is known' },
    { label: 'pattern', text: rule.object },
    { label: 'state', text: stateWords(rule) },
    ...(rule.note === undefined ? [] : [{ label: 'note', text: rule.note }]),
  ];
  return [
    ...head,
    ...spread(said, columns, height - head.length - 1),
    ...wider.slice(1).map((reading) => labelled('wider', readingWords(reading, 'also'), columns)),
    ...narrower.slice(1).map((reading) => labelled('narrower', readingWords(reading, 'no longer'), columns)),
    ...held.names
      .slice(0, Math.max(0, height))
      .map(({ name, times, runs }) =>
        labelled('met', `${count(times, 'time')} in ${count(runs, 'run')}: ${name}`, columns),
      ),
  ].slice(0, height);
}

function refusingWords({ names, times, runs, of, carries }: Held): string {
  const rests = carries.length === 0 ? '' : `; ${count(carries.length, 'rule')} rest on it`;
  if (of === 0) return `no recorded runs here: nothing is known${rests}`;
  if (names.length === 0) return `would have blocked nothing that was recorded${rests}`;
  const shown = names
    .slice(0, 3)
    .map(({ name }) => name)
    .join(', ');
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return `would have blocked ${count(times, 'interaction')} in ${runs} of ${count(of, 'run')}: ${shown}${more}${rests}`;
}

function readingWords({ object, also, example }: Reading, word: 'also' | 'no longer'): string {
  const such = example === null ? '' : ` ${word} ${example}`;
  if (word === 'no longer') return `${object}:${such}, as was never recorded`;
  const first = also.slice(0, 2).join(', ');
  return `${object}:${such}${also.length === 0 ? ', no other recorded name' : `; ${count(also.length, 'other recorded name')}: ${first}`}`;
}

const stateWords = ({ state, decided, id }: Rule): string =>
  `${state}${decided?.by === undefined ? '' : ` by ${decided.by}`}${decided?.at === undefined ? '' : ` at ${decided.at}`} (${id})`;

const TOKEN_WORDS = 'tokens: {pid} {user} {home} {uint} {hex} {guid} {date} {time} {word} {name} {rest}';

/** While a pattern is typed: what it would do to what was recorded. */
export function matchingRows(state: State, book: Book, columns: number, height: number): Row[] {
  const rule = selectedRule(state);
  if (rule === null) return [];
  const { text } = state.line;
  const matching = book.matching(text, rule, state.rules);
  const rows: Row[] = [typedRow(state)];
  if (!matching.valid) rows.push(plainRow(wrongWords(text, matching.at), 'bad'));
  else {
    const { own, of, others, other, more } = matching;
    rows.push(plainRow(`admits ${own} of the ${count(of, 'recorded name')} of this rule`, own < of ? 'warn' : 'good'));
    rows.push(
      plainRow(
        `and ${more ? 'at least ' : ''}${count(others, 'other recorded name')}${others > 0 ? ':' : ''}`,
        others > 0 ? 'warn' : 'good',
      ),
    );
    if (matching.protected) rows.push(plainRow('it reaches what is protected: keys, passwords, profiles', 'bad'));
    rows.push(...other.map((name) => plainRow(`  ${oneLine(name)}`)));
  }
  rows.push(...wrap(TOKEN_WORDS, columns, 2).map((text) => plainRow(text, 'dim')));
  return rows.slice(0, height).map((row) => row.map((span) => ({ ...span, text: cut(printable(span.text), columns) })));
}

function wrongWords(text: string, at: number): string {
  if (text === '') return 'a pattern must not be empty';
  const parsed = parsePattern(text);
  return 'defect' in parsed ? `not a pattern, at character ${at + 1}: ${sayDefect(parsed.defect)}` : '';
}
