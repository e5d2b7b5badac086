import { expect, test } from 'vitest';
import { phaseOf, type Stay } from '../../analyzer/phase.js';

const second = 1e9;
const stays = (count: number, first: number, last: number, ended = 60): Stay[] =>
  Array.from({ length: count }, () => ({
    first: first * second,
    last: last * second,
    began: 0,
    ended: ended * second,
  }));

test.each<[string, Stay[], string]>([
  ['early in each of many long lives', stays(5, 1, 9), 'startup'],
  ['early in few runs', stays(4, 1, 9), 'throughout'],
  ['early in short lives', stays(5, 1, 9, 20), 'throughout'],
  ['once later', [...stays(4, 1, 9), ...stays(1, 1, 30)], 'throughout'],
  ['late in each', stays(5, 58, 59), 'end'],
  ['all the time', stays(5, 1, 59), 'throughout'],
  ['never', [], 'throughout'],
])('%s', (_, given, expected) => expect(phaseOf(given)).toBe(expected));
