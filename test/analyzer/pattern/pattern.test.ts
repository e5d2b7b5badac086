import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matcher, reaches, readAlong } from '../../../analyzer/pattern/match.js';
import { bySpecificity } from '../../../analyzer/pattern/specific.js';
import { printPattern, readPattern } from '../../../analyzer/pattern/text.js';

const values = { pid: ['12', '7'], home: ['/home/ann'], user: [] as string[] };
const bound = (token: string) => values[token as keyof typeof values] ?? [];

describe('matching', () => {
  test.each<[string, string, boolean]>([
    ['/a/b', '/a/b', true],
    ['/a/b', '/a/B', false],
    ['/a{{b}}', '/a{b}', true],
    ['/x-{pid}', '/x-12', true],
    ['/x-{pid}', '/x-7', true],
    ['/x-{pid}', '/x-1', false],
    ['{home}/x', '/home/ann/x', true],
    ['{user}/x', '/x', false],
    ['{uint}', '0123', true],
    ['{uint}', '', false],
    ['{uint}{uint}', '1', false],
    ['{uint}a{uint}', '12a3', true],
    ['{hex}', 'dEaD', true],
    ['{hex:8}', 'deadbeef', true],
    ['{hex:8}', 'deadbee', false],
    ['{hex:8}', 'deadbeef0', false],
    ['{guid}', '0a1b2c3d-0000-4000-8000-1234567890ab', true],
    ['{guid}', '{0a1b2c3d-0000-4000-8000-1234567890ab}', false],
    ['{date}', '20261122', true],
    ['{date}', '2026-11-22', true],
    ['{date}', '2026_11_22', true],
    ['{date}', '2026-11_22', false],
    ['{time}', '101500', true],
    ['{time}', '10:15:00', true],
    ['{time}', '10-15:00', false],
    ['{word}', 'a_1', true],
    ['{word}', 'a-1', false],
    ['{name}', 'a b.c-d', true],
    ['{name}', 'a/b', false],
    ['{name}', 'a:b', false],
    ['/a/{rest}', '/a/', true],
    ['/a/{rest}', '/a/b/c:d\n', true],
    ['{rest}x{rest}', 'x', true],
    ['{rest}x', 'xy', false],
    ['{name}{name}', '😀x', true],
  ])('%s admits %s: %s', (pattern, name, admits) => expect(matcher(readPattern(pattern), bound)(name)).toBe(admits));

  test('case is ignored where it is asked for', () => {
    expect(matcher(readPattern('C:\\X\\{hex:2}'), bound, true)('c:\\x\\AF')).toBe(true);
    expect(matcher(readPattern('{home}/Q'), bound, true)('/HOME/ANN/q')).toBe(true);
  });

  test('many wide tokens over a long name end', () => {
    const pattern = readPattern('{name}{word}'.repeat(20));
    expect(matcher(pattern, bound)(`${'a'.repeat(32_000)}/`)).toBe(false);
  });

  test('a literal pattern admits itself and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (text, other) => {
        const admits = matcher([text], bound);
        return admits(text) && (text === other || !admits(other));
      }),
    );
  });
});

describe('reaching', () => {
  test.each<[string, string, boolean]>([
    ['/home/ann/.ssh/id', '/home/ann/.ssh', true],
    ['/home/ann/.ssh', '/home/ann/.ssh', true],
    ['/home/ann/.sshrc', '/home/ann/.ssh', false],
    ['/home/ann/{rest}', '/home/ann/.ssh', true],
    ['/home/ann/{name}', '/home/ann/.ssh', true],
    ['/home/ann/{word}', '/home/ann/.ssh', false],
    ['{home}/{name}', '/home/ann/.ssh', true],
    ['/home/ann/{name}.txt', '/home/ann/.ssh', false],
    ['/home/{name}/{name}/x', '/home/ann/.ssh', true],
    ['/home/{name}', '/home/ann/.ssh', false],
    ['Z:\\home\\{rest}', 'Z:\\home\\ann\\.ssh', true],
  ])('%s reaches %s: %s', (pattern, path, does) => expect(reaches(readPattern(pattern), bound, path)).toBe(does));
});

test('patterns survive being written and read', () => {
  const part = fc.oneof(
    fc.string({ minLength: 1 }),
    fc.constantFrom({ token: 'uint' as const }, { token: 'hex' as const, width: 8 }),
  );
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const text = printPattern(parts);
      expect(printPattern(readPattern(text))).toBe(text);
    }),
  );
});

test.each([
  ['/a/b', '/a/{rest}'],
  ['/a/{hex:8}', '/a/{uint}'],
  ['/a/{uint}', '/a/{hex}'],
  ['/a/{word}', '/a/{name}'],
  ['/a/{pid}', '/a/{guid}'],
  ['/a/{rest}', '/{guid}'],
])('%s is more specific than %s', (a, b) => {
  expect(Math.sign(bySpecificity(readPattern(a), readPattern(b)))).toBe(-1);
  expect(Math.sign(bySpecificity(readPattern(b), readPattern(a)))).toBe(1);
});

test.each<[string, string, { length: number; part: number; into: number }]>([
  ['/a/b', '/a/c', { length: 3, part: 0, into: 3 }],
  ['/a/b', '/a/bc', { length: 4, part: 1, into: 0 }],
  ['/a/b', '', { length: 0, part: 0, into: 0 }],
  ['/a/{uint}.x', '/a/12.y', { length: 6, part: 2, into: 1 }],
  ['/a/{uint}.x', '/a/z', { length: 3, part: 1, into: 0 }],
  ['{home}/x', '/home/bob', { length: 6, part: 0, into: 0 }],
  ['{rest}', 'anything', { length: 8, part: 0, into: 0 }],
  ['{rest}b', 'abba', { length: 4, part: 1, into: 0 }],
])('%s reads %s so far', (pattern, name, reading) =>
  expect(readAlong(readPattern(pattern), bound, name)).toEqual(reading),
);
