// The analyzer matches names itself, a run at a time; the engine decides with its own matcher. They must agree.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { admitter } from '../../../analyzer/pattern/admits.js';
import { matcher } from '../../../analyzer/pattern/match.js';
import { bySpecificity } from '../../../analyzer/pattern/specific.js';
import { joinLiterals, printPattern, readPattern } from '../../../analyzer/pattern/text.js';
import { foldName } from '../../../native/contract/fold.js';
import type { Pattern, PatternPart } from '../../../native/contract/rules.js';
import type { TokenName } from '../../../native/contract/words.js';
import { addon } from '../../../native/engine.js';
import { patternOf } from '../../../policygen/pattern/pattern.js';
import { rule } from '../../native/rule.js';

const native = addon();

const VALUES: Partial<Record<TokenName, string>> = { pid: '12', uid: '1000', user: 'Änn', home: '/home/ä', temp: 'x' };
const bound = (token: string) => {
  const value = VALUES[token as TokenName];
  return value === undefined ? [] : [value];
};

// For each token some texts that it matches, or nearly does.
const SAMPLES: Partial<Record<TokenName, readonly string[]>> = {
  pid: ['12', '1'],
  uid: ['1000'],
  user: ['Änn', 'äNN', 'ann'],
  home: ['/home/ä', '/HOME/Ä'],
  temp: ['x', 'X'],
  host: ['h', ''],
  uint: ['0', '007', '٣', ''],
  hex: ['dEaD', '0', 'deadbeef', 'g'],
  guid: ['0a1b2c3d-0000-4000-8000-1234567890AB', '0a1b2c3d-0000-4000-8000-1234567890a'],
  date: ['20261122', '2026-11-22', '2026_11_22', '20261322', '2026-11_22', '20260230', '20260100'],
  time: ['235959', '23:59:59', '10-15-00', '240000', '10:15-00', '236000'],
  word: ['größe', 'Z9_', 'ﬁ', 'a-b', 'жx', '€'],
  name: ['a b.c', '😀', 'a/b', ':', '\n'],
  rest: ['', '/a\\b:c', '\n'],
};
const LITERALS = [
  'a',
  'B',
  'ß',
  'ſ',
  'ä',
  'Ä',
  '{',
  '}',
  '{{',
  '/',
  '\\',
  '-',
  ':',
  '0',
  'ab',
  'İ',
  'ᾀ',
  '😀',
  '\u{10428}',
];

const token = fc.constantFrom(...(Object.keys(SAMPLES) as TokenName[]));
const part: fc.Arbitrary<PatternPart> = fc.oneof(
  fc.constantFrom(...LITERALS),
  token.map((name) => ({ token: name })),
  fc.integer({ min: 1, max: 9 }).map((width): PatternPart => ({ token: 'hex', width })),
);
// Amid a character that is no letter the engine may begin a {name}: it reads bytes. Only two that touch could tell.
const touching = (of: Pattern): boolean =>
  /\{name\}(\{[^{}]*\})*\{name\}/.test(of.map((one) => (typeof one === 'string' ? '-' : `{${one.token}}`)).join(''));
const pattern: fc.Arbitrary<Pattern> = fc
  .array(part, { minLength: 1, maxLength: 6 })
  .map(joinLiterals)
  .filter((of) => !touching(of));

/** A name that the pattern nearly admits: its tokens filled in, now and then something added or another case. */
const nameFor = (of: Pattern): fc.Arbitrary<string> =>
  fc
    .tuple(
      ...of.map((one) => (typeof one === 'string' ? fc.constant(one) : fc.constantFrom(...SAMPLES[one.token]!))),
      fc.oneof({ weight: 4, arbitrary: fc.constant('') }, fc.constantFrom(...LITERALS)),
    )
    .chain((texts) => {
      const text = texts.join('');
      return fc.constantFrom(text, text, text.toUpperCase(), text.toLowerCase(), text.slice(1));
    });

const both = pattern.chain((of) => fc.tuple(fc.constant(of), nameFor(of), fc.boolean()));

test('both match the same names', () => {
  let admitted = 0;
  fc.assert(
    fc.property(both, ([of, name, fold]) => {
      const { matches } = native.matchPattern(rule({ object: of, fold }), Buffer.from(name), VALUES);
      if (matches) admitted++;
      expect([matcher(of, bound, fold)(name), admitter([of], bound, fold)(name)]).toEqual([matches, matches]);
    }),
    { numRuns: 20_000 },
  );
  expect(admitted).toBeGreaterThan(1000);
});

test('of two rules that admit a name, both say which is the more specific', () => {
  const two = both.chain(([of, name, fold]) =>
    fc.tuple(fc.constant(of), pattern, fc.constant(name), fc.constant(fold)),
  );
  let compared = 0;
  const differ = (first: Pattern, second: Pattern, name: string, fold: boolean): void => {
    if (!matcher(first, bound, fold)(name) || !matcher(second, bound, fold)(name)) return;
    const order = bySpecificity(first, second);
    const make = (id: string, object: Pattern) => rule({ id, object, fold });
    const table = new native.RuleTable([make('first', first), make('second', second)]);
    const answer = table.decide({ op: 'pipe.connect', from: 'app', to: 'db', object: name, bindings: VALUES });
    compared++;
    expect(answer?.rule).toBe(order > 0 ? 'second' : 'first');
  };
  fc.assert(
    fc.property(two, ([of, other, name, fold]) => {
      differ(of, other, name, fold);
      // Patterns that admit everything are always to be compared.
      for (const wide of [
        ['', 'rest'],
        ['a', 'rest'],
        ['', 'name'],
        ['', 'word'],
      ] as const) {
        const one = joinLiterals([wide[0], { token: wide[1] }]);
        differ(of, one, name, fold);
        differ(one, of, name, fold);
      }
    }),
    { numRuns: 5_000 },
  );
  expect(compared).toBeGreaterThan(1000);
});

test('a pattern printed is the pattern read, by both who read', () => {
  fc.assert(
    fc.property(pattern, (of) => {
      const text = printPattern(of);
      expect([readPattern(text), patternOf(text)]).toEqual([of, of]);
    }),
    { numRuns: 5_000 },
  );
});

// The engine's table is committed; this one is Node's own, and another Unicode knows other letters.
test.skipIf(process.versions.unicode !== '17.0')(
  'names are folded as the engine folds them, every BMP character',
  () => {
    const wrong: string[] = [];
    for (let code = 0; code < 0x10000; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const char = String.fromCharCode(code);
      if (native.foldName(Buffer.from(char)).toString() !== foldName(char)) wrong.push(code.toString(16));
    }
    expect(wrong).toEqual([]);
  },
);
