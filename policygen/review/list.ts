// One rule on one line: its state, its risk, its sentence.
import type { Rule } from '../file/model.js';
import type { Book } from './book.js';
import { cutMiddle, oneLine, type Row, type Tone } from './text.js';

const MARKS: Readonly<Record<Rule['state'], readonly [mark: string, tone: Tone]>> = {
  accepted: ['[+]', 'good'],
  refused: ['[-]', 'bad'],
  proposed: ['[ ]', 'plain'],
};

const RISKY = 4;

export function listRow(rule: Rule, book: Book, columns: number, picked: boolean): Row {
  const { risk, doing } = book.facts.of(rule);
  const [mark, tone] = MARKS[rule.state];
  const head = `${picked ? '>' : ' '}${mark} ${risk} `;
  const text = cutMiddle(oneLine(doing), columns - head.length);
  if (picked)
    return [
      { text: head, tone: 'pick' },
      { text: text.padEnd(Math.max(0, columns - head.length)), tone: 'pick' },
    ];
  return [{ text: ` ${mark} `, tone }, { text: `${risk} `, tone: risk >= RISKY ? 'warn' : 'dim' }, { text }];
}
