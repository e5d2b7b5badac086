import { expect, test } from 'vitest';
import { inOneLine, NOTHING, type Typed, typed } from '../../../cli/query/typed.js';

const all = (...lines: string[]): Typed[] => {
  const states: Typed[] = [];
  for (const line of lines) states.push(typed(states.at(-1) ?? NOTHING, line));
  return states;
};

test.each<[string[], string[], string]>([
  [['select 1;'], ['select 1'], ''],
  [['select 1; select 2;'], ['select 1', 'select 2'], ''],
  [['select', '1;'], ['select\n1'], ''],
  [['select 1; select'], ['select 1'], ' select'],
  [["select ';", "';"], ["select ';\n'"], ''],
  [['.tables'], ['.tables'], ''],
  [['  .schema runs '], ['.schema runs'], ''],
  [['select 1', '.5;'], ['select 1\n.5'], ''],
  [['', '  ', ';'], [], ''],
  [['-- why', 'select 1;'], ['-- why\nselect 1'], ''],
])('%j', (lines, ready, pending) => expect(all(...lines).at(-1)).toEqual({ ready, pending }));

test.each([
  ['select 1;', 'select 1;'],
  ['select 1\n  from runs;', 'select 1 from runs;'],
  ['select 1 -- one\n from runs;', null],
  ['select 1 -- one;', 'select 1 -- one;'],
])('%j in one line', (statement, line) => expect(inOneLine(statement)).toBe(line));
