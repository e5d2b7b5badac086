import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PatternPart } from '../../native/contract/rules.js';
import { TOKENS } from '../../native/contract/words.js';
import { hasToken, parsePattern, patternOf, printPattern } from '../../policygen/pattern/pattern.js';

test.each<[string, PatternPart[]]>([
  ['', []],
  ['plain', ['plain']],
  ['{{', ['{']],
  ['}}', ['}']],
  ['a{{b}}c', ['a{b}c']],
  ['{{uint}}', ['{uint}']],
  ['{{{uint}}}', ['{', { token: 'uint' }, '}']],
  ['{uint}', [{ token: 'uint' }]],
  ['{uint}{hex}', [{ token: 'uint' }, { token: 'hex' }]],
  ['{hex:8}', [{ token: 'hex', width: 8 }]],
  ['{peer.win.pid}x', [{ token: 'peer.win.pid' }, 'x']],
  ['\\\\.\\pipe\\{name}', ['\\\\.\\pipe\\', { token: 'name' }]],
])('%s', (text, parts) => {
  expect(patternOf(text)).toEqual(parts);
  expect(printPattern(parts)).toBe(text);
});

test.each([
  ['a{', 1, 'BRACE_OPEN'],
  ['a{uint', 1, 'BRACE_OPEN'],
  ['a}b', 1, 'BRACE_CLOSED'],
  ['{{{', 2, 'BRACE_OPEN'],
  ['{}', 0, 'TOKEN_UNKNOWN'],
  ['{UINT}', 0, 'TOKEN_UNKNOWN'],
  ['{ uint }', 0, 'TOKEN_UNKNOWN'],
  ['{toString}', 0, 'TOKEN_UNKNOWN'],
  ['{hex:}', 0, 'TOKEN_WIDTH'],
  ['{hex:0}', 0, 'TOKEN_WIDTH'],
  ['{hex:08}', 0, 'TOKEN_WIDTH'],
  ['{hex:-8}', 0, 'TOKEN_WIDTH'],
  ['{hex:8.5}', 0, 'TOKEN_WIDTH'],
  ['{hex:1025}', 0, 'TOKEN_WIDTH'],
  ['{rest:3}', 0, 'TOKEN_WIDTH'],
  ['x'.repeat(32769), 32768, 'TOO_LONG'],
  ['{uint}'.repeat(65), 0, 'TOO_MANY_TOKENS'],
])('%.20s is wrong at %i: %s', (text, at, code) => {
  expect(parsePattern(text)).toMatchObject({ defect: { code }, at });
  expect(() => patternOf(text)).toThrow();
});

test('what is printed is read back, and equal patterns have equal text', () => {
  const token = fc.oneof(
    fc.constantFrom(...TOKENS).map((name) => ({ token: name })),
    fc.integer({ min: 1, max: 1024 }).map((width) => ({ token: 'hex' as const, width })),
  );
  const literal = fc.string({ unit: fc.constantFrom('{', '}', 'a', '\\', ':', 'é', '😀'), minLength: 1, maxLength: 5 });
  const parts = fc.array(fc.oneof(literal, token), { maxLength: 8 });
  fc.assert(
    fc.property(parts, (list) => {
      const joined: PatternPart[] = []; // neighbouring literals are one
      for (const part of list) {
        const last = joined.at(-1);
        if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
        else joined.push(part);
      }
      expect(patternOf(printPattern(list))).toEqual(joined);
      expect(printPattern(patternOf(printPattern(list)))).toBe(printPattern(list));
    }),
  );
});

test('any text is a pattern or says where it is none', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('{', '}', 'hex', ':8', 'uint', 'a') }), (text) => {
      const parsed = parsePattern(text);
      if ('pattern' in parsed) expect(printPattern(parsed.pattern)).toBe(text);
      else expect(parsed.at).toBeLessThan(text.length);
    }),
  );
});

test('hasToken', () => {
  expect(hasToken(patternOf('a{given}'), 'given')).toBe(true);
  expect(hasToken(patternOf('{{given}}'), 'given')).toBe(false);
});
