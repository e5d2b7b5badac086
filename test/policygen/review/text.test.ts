import { expect, test } from 'vitest';
import { wrap } from '../../../policygen/review/text.js';

test.each([
  ['one two three', 20, 2, ['one two three']],
  ['one two three', 7, 2, ['one two', 'three']],
  // What is left out is told by one mark, whether the last line has room for it or not.
  ['one two three', 8, 1, ['one two…']],
  ['one two three', 9, 1, ['one two…']],
  ['one two three', 7, 1, ['one tw…']],
  ['abcdefghij', 4, 3, ['abcd', 'efgh', 'ij']],
  ['abcdefghij', 4, 2, ['abcd', 'efg…']],
] as const)('%j in %i cells and %i lines', (text, cells, most, lines) =>
  expect(wrap(text, cells, most)).toEqual(lines),
);
