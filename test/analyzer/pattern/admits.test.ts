import fc from 'fast-check';
import { expect, test } from 'vitest';
import { admitter } from '../../../analyzer/pattern/admits.js';
import { matcher } from '../../../analyzer/pattern/match.js';
import { readPattern } from '../../../analyzer/pattern/text.js';

const bound = (token: string) => (token === 'pid' ? ['7', '11'] : []);

test('many patterns together admit what one of them does', () => {
  const piece = fc.constantFrom('a', 'B', '/x', '{uint}', '{pid}', '{word}', '{rest}', '{given}', '7');
  const pattern = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => readPattern(pieces.join('')));
  const name = fc
    .array(fc.constantFrom('a', 'b', 'B', '/x', '7', '11', '42'), { maxLength: 5 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.array(pattern, { maxLength: 6 }), name, fc.boolean(), (patterns, text, fold) => {
      const one = patterns.some((each) => matcher(each, bound, fold)(text));
      expect(admitter(patterns, bound, fold)(text)).toBe(one);
    }),
    { numRuns: 500 },
  );
});
