import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Pattern, PatternPart } from '../../native/contract/rules.js';
import type { TokenName } from '../../native/contract/words.js';
import { addon } from '../../native/engine.js';
import type { BoundValues } from '../../native/rules.js';
import { patternOf, printPattern } from '../../policygen/pattern/pattern.js';
import { rule } from './rule.js';

const native = addon();

function matches(pattern: string | Pattern, name: string | Buffer, values: BoundValues = {}, fold = false): boolean {
  return native.matchPattern(rule({ object: pattern, fold }), Buffer.from(name), values).matches;
}

const GUID = '01234567-89ab-cdef-0123-456789ABCDEF';

/** Token, names it matches whole, names it does not. */
const tokens: [string, string[], string[]][] = [
  ['{uint}', ['0', '7', '00', '4294967296', '9'.repeat(500)], ['', '-1', '1.0', '0x1', 'a', '1 ', '٣']],
  ['{hex}', ['0', 'f', 'F', 'deadBEEF', '0'.repeat(99)], ['', 'g', '0x1', '-1', 'de ad']],
  ['{hex:8}', ['00000000', 'DeadBeef'], ['', '0000000', '000000000', 'deadbeeg']],
  ['{hex:1}', ['a'], ['', 'ab', 'g']],
  ['{guid}', [GUID, GUID.toLowerCase()], ['', `{${GUID}}`, GUID.replaceAll('-', ''), `${GUID}0`, GUID.slice(1)]],
  [
    '{date}',
    ['20261122', '2026-11-22', '2026_11_22', '00000101', '99991231'],
    [
      '',
      '2026112',
      '2026-1122',
      '202611-22',
      '2026-11_22',
      '2026/11/22',
      '20261322',
      '20260022',
      '20261132',
      '2026-11-00',
    ],
  ],
  [
    '{time}',
    ['000000', '235959', '23-59-59', '09:30:00'],
    ['', '240000', '23595', '23:59-59', '23:5959', '236059', '23:59:60', '1:02:03'],
  ],
  [
    '{word}',
    ['a', 'Z9_', '_', 'größe', 'имя', '名前', 'ﬁ', '𐐀'],
    ['', 'a-b', 'a b', 'a.b', '€', '\u0301', 'a/b', '😀', '٣'],
  ],
  ['{name}', ['a', 'a.b c', '..', '*', '😀', '\n', '\0'], ['', 'a/b', 'a\\b', 'C:', '/', ':']],
  ['{rest}', ['', 'a', '/a/b:c\\d', '\n\0'], []],
];

describe.each(tokens)('%s', (pattern, yes, no) => {
  test.each(yes)('matches %j', (name) => expect(matches(pattern, name)).toBe(true));
  test.each(no)('does not match %j', (name) => expect(matches(pattern, name)).toBe(false));
});

const bound: TokenName[] = [
  'pid',
  'win.pid',
  'peer.pid',
  'peer.win.pid',
  'uid',
  'user',
  'host',
  'home',
  'temp',
  'session',
];

test.each(bound)('{%s} is exactly its value', (token) => {
  const pattern: Pattern = ['a-', { token }, '-z'];
  expect(matches(pattern, 'a-v.1-z', { [token]: 'v.1' })).toBe(true);
  expect(matches(pattern, 'a-vx1-z', { [token]: 'v.1' })).toBe(false);
  expect(matches(pattern, 'a--z', { [token]: '' })).toBe(false);
  expect(matches(pattern, 'a--z')).toBe(false);
  expect(matches(pattern, 'a-V.1-z', { [token]: 'v.1' }, true)).toBe(true);
});

test('a value is no pattern', () => {
  expect(matches('{user}', '{rest}', { user: '{rest}' })).toBe(true);
  expect(matches('{user}', 'anybody', { user: '{rest}' })).toBe(false);
});

const given = (pattern: string, name: string, values: string[]) =>
  native.matchPattern(rule({ object: pattern }), Buffer.from(name), {}, values).matches;

test.each([
  ['p-{given}', 'p-7', ['7'], true],
  ['p-{given}', 'p-7', ['8'], false],
  ['p-{given}', 'p-7', [], false],
  ['p-{given}', 'p-', [''], false],
  ['{given}-{given}', '7-8', ['8', '7'], true],
  ['{given}{uint}', '123', ['12', '123'], true],
])('%s against %s given %j: %s', (pattern, name, values, expected) =>
  expect(given(pattern, name, values)).toBe(expected),
);

test.each([
  ['a{uint}b', 'a1b', true],
  ['a{uint}b', 'ab', false],
  ['a{{{uint}}}b', 'a{1}b', true],
  ['{rest}ab{rest}ab', 'xabyab', true],
  ['{rest}ab{rest}ab', 'xab', false],
  ['{rest}aab', 'aaab', true],
  ['{uint}{uint}', '1', false],
  ['{uint}{uint}', '12', true],
  ['{word}{word}', 'ж', false],
  ['{word}{word}', 'жü', true],
  ['{word}{name}', 'ж', false],
  ['{name}{word}', '😀ж', true],
  ['{name}/{name}', 'a/b', true],
  ['{name}/{name}', 'a/b/c', false],
  ['{hex:4}{hex:4}', 'deadbeef', true],
  ['{date}T{time}', '2026-11-22T101500', true],
  ['{date}{uint}', '2026112210', true],
  ['{date}{date}', '202611222026-11-22', true],
  ['{word}{rest}é', 'xé', true],
  ['é{word}', 'éé', true],
  ['/tmp/.X{uint}-lock', '/tmp/.X0-lock', true],
  ['x{rest}', 'x', true],
  ['x{rest}x', 'x', false],
  ['{rest}{rest}', '', true],
])('%s against %j: %s', (pattern, name, expected) => expect(matches(pattern, name)).toBe(expected));

describe('names that are no text', () => {
  const bad = Buffer.from([0x61, 0xff, 0xc3, 0x28, 0x00, 0xed, 0xa0, 0x80]);
  test('equal only themselves', () => {
    expect(native.foldName(bad)).toEqual(Buffer.from([0x41, 0xff, 0xc3, 0x28, 0x00, 0xed, 0xa0, 0x80]));
    expect(matches('{rest}', bad)).toBe(true);
    expect(matches('{name}', bad)).toBe(true);
    expect(matches('{word}', bad)).toBe(false);
    expect(matches('a\ufffd{rest}', bad)).toBe(false);
  });
  test('half a letter is no letter', () => expect(matches('{word}', Buffer.from([0xc3]))).toBe(false));
  test('an overlong slash is no slash and no name of ours', () =>
    expect(matches('{word}', Buffer.from([0xc0, 0xaf]))).toBe(false));
  test('32 K of them', () => {
    const long = Buffer.alloc(32768, 0xfe);
    expect(matches('{rest}x', long)).toBe(false);
    expect(matches('{name}', long)).toBe(true);
  });
});

describe('folding', () => {
  test.each([
    ['abc', 'ABC', true],
    ['grüße', 'GRÜßE', true],
    ['grüße', 'GRÜSSE', false],
    ['имя', 'ИМЯ', true],
    ['ελλάς', 'ΕΛΛΆς', true],
    ['µ', 'Μ', false],
    ['ı', 'I', false],
    ['ſ', 'S', false],
    ['ᾳ', 'ᾼ', true],
    ['𐐨', '𐐀', false],
    ['{word}-X', 'ж-x', true],
  ])('%s and %s: %s', (pattern, name, expected) => expect(matches(pattern, name, {}, true)).toBe(expected));

  test('is simple upper-casing that leads back, for every BMP character', () => {
    const wrong: string[] = [];
    for (let code = 1; code < 0x10000; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const char = String.fromCharCode(code);
      const upper = char.toUpperCase();
      const expected = upper.length === 1 && upper.toLowerCase() === char ? upper : char;
      const found = native.foldName(Buffer.from(char)).toString();
      // ᾀ and its like: the full mapping has two letters, the simple one is the title case.
      const titled = upper.length > 1 && found.toLowerCase() === char;
      if (found !== expected && !titled) wrong.push(`${code.toString(16)}: ${found}`);
    }
    expect(wrong.length).toBeLessThan(40); // newer Unicode than the table's
  });
});

describe('against a slow reference', () => {
  const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const day = '(0[1-9]|1[0-2])_(0[1-9]|[12][0-9]|3[01])';
  const clock = '([01][0-9]|2[0-3])_[0-5][0-9]_[0-5][0-9]';
  const parted = (shape: string, marks: string[]) => `(${marks.map((mark) => shape.replaceAll('_', mark)).join('|')})`;
  const classes: Partial<Record<TokenName, string>> = {
    uint: '[0-9]+',
    hex: '[0-9a-fA-F]+',
    guid: '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}',
    date: parted(`[0-9]{4}_${day}`, ['', '-', '~']).replaceAll('~', '_'),
    time: parted(clock, ['', '-', ':']),
    word: '[\\p{L}0-9_]+',
    name: '[^\\\\/:]+',
    rest: '[^]*',
  };
  const source = (part: PatternPart) =>
    typeof part === 'string' ? escaped(part) : part.width ? `[0-9a-fA-F]{${part.width}}` : `(${classes[part.token]})`;
  const reference = (pattern: Pattern, name: string) => new RegExp(`^${pattern.map(source).join('')}$`, 'u').test(name);

  const literal = fc.string({ unit: fc.constantFrom('a', 'b', '0', '1', '-', '/', '{', 'é', '_'), maxLength: 4 });
  const token: fc.Arbitrary<PatternPart> = fc.oneof(
    fc.constantFrom(...(Object.keys(classes) as TokenName[])).map((name) => ({ token: name })),
    fc.integer({ min: 1, max: 9 }).map((width) => ({ token: 'hex' as const, width })),
  );
  const patterns = fc.array(fc.oneof(literal, token), { maxLength: 6 });
  const pieces = fc.constantFrom(
    '',
    'a',
    'b',
    '0',
    '1',
    '12',
    '-',
    '/',
    ':',
    '{',
    'é',
    '_',
    '€',
    '20261122',
    '2026-11-22',
    '101500',
    '10:15:00',
    GUID,
    'ff',
  );
  const names = fc.array(pieces, { maxLength: 8 }).map((list) => list.join(''));

  test('agrees on every pattern and name', () => {
    fc.assert(
      fc.property(patterns, names, (pattern, name) => {
        expect(matches(pattern, name)).toBe(reference(pattern, name));
      }),
      { numRuns: 4000 },
    );
  });

  test('agrees on names made from the pattern', () => {
    const sample: Partial<Record<TokenName, string>> = {
      uint: '42',
      hex: 'aF',
      guid: GUID,
      date: '2026_01_31',
      time: '23-00-59',
      word: 'wörd_1',
      name: 'n.m',
      rest: '/r\\:',
    };
    fc.assert(
      fc.property(patterns, (pattern) => {
        const fill = (part: PatternPart) =>
          typeof part === 'string' ? part : part.width ? 'a'.repeat(part.width) : sample[part.token]!;
        expect(matches(pattern, pattern.map(fill).join(''))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('agrees on any bytes', () => {
    const byteClasses = patterns.map((list) =>
      list.filter((part) => (typeof part === 'string' ? /^[ -~]*$/.test(part) : part.token !== 'word')),
    );
    fc.assert(
      fc.property(byteClasses, fc.uint8Array({ maxLength: 12 }), (pattern, bytes) => {
        const name = Buffer.from(bytes);
        expect(matches(pattern, name)).toBe(reference(pattern, name.toString('latin1')));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('work is linear in the name', () => {
  const steps = (pattern: string, name: string) =>
    native.matchPattern(rule({ object: pattern }), Buffer.from(name)).steps;
  const hard = [
    `${'{rest}a'.repeat(20)}b`,
    `x${'{name}a'.repeat(30)}b{rest}c`,
    `${'{word}{uint}'.repeat(15)}!`,
    `{rest}${'a'.repeat(2000)}{rest}b`,
    `${'{date}{rest}'.repeat(10)}{uint}`,
    `${'{hex}'.repeat(60)}x`,
  ];
  test.each(hard)('%s', (pattern) => {
    const work = [1000, 2000, 4000, 8000, 16000, 32000].map((length) => steps(pattern, `x${'1a'.repeat(length / 2)}`));
    const each = work.map((count, at) => count / (1000 * 2 ** at));
    for (const one of each) expect(one).toBeLessThanOrEqual(Math.max(...each.slice(0, 2)) * 1.01 + 1);
  });
  test('and bounded by the pattern for each byte', () => {
    for (const pattern of hard) {
      const size = printPattern(patternOf(pattern)).length * 4 + 64; // a {date} has some forty places
      expect(steps(pattern, '1'.repeat(10_000))).toBeLessThanOrEqual(10_000 * size);
    }
  });
});
