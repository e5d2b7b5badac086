import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { gridOf } from '../../../cli/query/grid.js';

test('columns are as wide as they must be, numbers stand to the right', () => {
  expect(
    gridOf(
      ['op', 'n'],
      ['VARCHAR', 'BIGINT'],
      [
        ['file.read', '7'],
        ['dns', '123'],
      ],
      80,
    ),
  ).toEqual(['op           n', 'file.read    7', 'dns        123']);
});

test('what is too wide loses its middle', () => {
  expect(gridOf(['name', 'n'], ['VARCHAR', 'BIGINT'], [[`/a${'x'.repeat(100)}/z`, '1']], 20)).toEqual([
    'name               n',
    '/axxxxxx…xxxxxx/z  1',
  ]);
});

test('columns without room are counted', () => {
  const grid = gridOf(['abcdefgh', 'bcdefghi', 'cdefghij'], ['VARCHAR', 'VARCHAR', 'VARCHAR'], [['1', '2', '3']], 20);
  expect(grid.at(-1)).toBe('2 of 3 columns; not shown: cdefghij');
});

test('whatever stands in it, a row is one line, no wider than the screen, and moves no cursor', () => {
  const cell = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('\u001b[2J', 'a\nb', '界界界界界界', '\u202eabc', ''),
  );
  fc.assert(
    fc.property(
      fc.array(fc.array(cell, { minLength: 3, maxLength: 3 })),
      fc.integer({ min: 30, max: 90 }),
      (rows, width) => {
        const grid = gridOf(['a', 'b', 'c'], ['VARCHAR', 'BIGINT', 'VARCHAR'], rows, width);
        expect(grid.length).toBe(rows.length + 1);
        for (const line of grid) {
          expect(stringWidth(line)).toBeLessThanOrEqual(width);
          expect(line).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
        }
      },
    ),
  );
});
