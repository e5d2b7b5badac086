import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Found,
  findBeyond,
  findCommon,
  findName,
  includes,
  type Naming,
} from '../../../analyzer/pattern/algebra.js';
import { matcher } from '../../../analyzer/pattern/match.js';
import { joinLiterals, printPattern, readPattern } from '../../../analyzer/pattern/text.js';
import { foldName } from '../../../native/contract/fold.js';
import type { Pattern, PatternPart } from '../../../native/contract/rules.js';

const naming = (text: string, fold = false): Naming => ({ pattern: readPattern(text), fold });
const nameIn = (found: Found): string | null => (found.is === 'some' ? found.example.object : null);

describe('inclusion', () => {
  test.each<[narrow: string, wide: string, beyond: string | null]>([
    ['/a', '/a', null],
    ['/a', '/b', '/a'],
    ['/a/{uint}', '/a/{word}', null],
    ['/a/{word}', '/a/{uint}', '/a/a'],
    ['{hex:8}', '{hex}', null],
    ['{hex}', '{hex:2}', 'a'],
    ['{guid}', '{name}', null],
    ['{date}', '{name}', null],
    ['{time}', '{name}', '00:00:00'],
    ['{date}', '{uint}', '0000-01-01'],
    ['{hex:8}', '{date}', '00000000'],
    ['{name}', '{name}{name}', 'x'],
    ['{name}{name}', '{name}', null],
    ['/a/{rest}', '/{rest}', null],
    ['/a/', '/a/{rest}', null],
    ['/a', '/a/{rest}', '/a'],
    ['{rest}b{rest}', '{rest}', null],
    ['/tmp/{pid}', '/tmp/{uint}', null],
    ['/tmp/{pid}', '/tmp/{peer.pid}', '/tmp/{pid}'],
    ['/tmp/{pid}', '/tmp/{hex:4}', '/tmp/{pid}'],
    ['/tmp/{uint}', '/tmp/{pid}', '/tmp/0'],
    ['{home}/x', '{rest}/x', null],
    ['{home}/x', '{name}/x', '{home}/x'],
    ['/u/{user}', '/u/{name}', null],
    ['/u/{user}', '/u/{word}', '/u/{user}'],
    ['a{{b}}', 'a{{{rest}', null],
    ['{name}', 'a{{', 'a'],
  ])('what %s admits beyond %s: %s', (narrow, wide, beyond) => {
    const found = nameIn(findBeyond(naming(narrow), [naming(wide)]));
    if (beyond === null) expect(found).toBeNull();
    else expect(found?.length).toBe(beyond.length);
    expect(includes(naming(wide), naming(narrow))).toBe(beyond === null);
  });

  test('several together can include what none does alone', () => {
    const halves = [naming('/a/{rest}x'), naming('/a/{rest}')];
    expect(findBeyond(naming('/a/{name}'), halves).is).toBe('none');
    const digits = [...'0123456789'].map((digit) => naming(`/${digit}{rest}`));
    expect(findBeyond(naming('/{uint}'), digits).is).toBe('none');
    expect(nameIn(findBeyond(naming('/{uint}'), digits.slice(0, 7)))).toMatch(/^\/[789]$/);
  });

  test('case is ignored where Windows ignores it', () => {
    expect(includes(naming('C:\\ÄB', true), naming('c:\\äb'))).toBe(true);
    expect(includes(naming('c:\\ab'), naming('C:\\AB', true))).toBe(false);
    expect(includes(naming('C:\\{name}'), naming('C:\\{name}', true))).toBe(false);
    expect(includes(naming('C:\\{name}', true), naming('C:\\{name}'))).toBe(true);
    expect(includes(naming('ß', true), naming('SS'))).toBe(false);
    expect(nameIn(findBeyond(naming('C:\\Temp\\{name}', true), [naming('c:\\temp\\{word}', true)]))).toMatch(
      /^C:\\Temp\\/,
    );
  });

  test('values given over different carriers are different', () => {
    const given = (carrier: string): Naming => ({ ...naming('/a/{given}'), carrier });
    expect(includes(given('one'), given('one'))).toBe(true);
    expect(nameIn(findBeyond(given('one'), [given('two')]))).toBe('/a/{given}');
  });

  test('arguments count as the name does', () => {
    const started = (...args: string[]): Naming => ({
      ...naming('/bin/cc'),
      args: args.map((one) => readPattern(one)),
    });
    const any: Naming = { ...naming('/bin/cc'), args: null };
    expect(includes(any, started('-c', '{name}'))).toBe(true);
    expect(includes(started('-c', '{rest}'), started('-c', '{name}'))).toBe(true);
    expect(findBeyond(any, [started('-c', '{rest}')])).toEqual({
      is: 'some',
      example: { object: '/bin/cc', args: [] },
    });
    expect(findBeyond(started('{rest}', '{rest}'), [started('{rest}')])).toEqual({
      is: 'some',
      example: { object: '/bin/cc', args: ['', ''] },
    });
  });
});

test.each<[string, string, string | null]>([
  ['/a/{name}', '/{name}/b', '/a/b'],
  ['/a/{uint}', '/a/{guid}', null],
  ['{rest}x', 'y{rest}', 'yx'],
  ['{name}', '{home}', null],
  ['{rest}{pid}', '/run/{rest}', '/run/{pid}'],
])('%s and %s have %s in common', (a, b, name) => expect(nameIn(findCommon(naming(a), naming(b)))).toBe(name));

test('of several patterns, any wanted mixture is found', () => {
  const others = [naming('/a/{name}'), naming('/a/{uint}')];
  const found = findName(naming('/a/{word}'), others, ([name, uint]) => name === true && uint === false);
  expect(nameIn(found)).toBe('/a/x');
});

test('many wide tokens end', () => {
  const wide = '{name}{word}'.repeat(20);
  expect(includes(naming('{rest}'), naming(wide))).toBe(true);
  expect(includes(naming(wide), naming('{hex:64}'))).toBe(true);
  expect(includes(naming(`{rest}1${'{hex:1}'.repeat(12)}`), naming(`{hex}1{hex:12}`))).toBe(true);
});

// The matcher knows nothing of automata put side by side: what the algebra says has to hold of names one by one.
const SAMPLES: Partial<Record<string, readonly string[]>> = {
  uint: ['0', '42'],
  hex: ['ab', 'F'],
  guid: ['0a1b2c3d-0000-4000-8000-1234567890AB'],
  date: ['20261122', '2026-11-22'],
  time: ['235959', '23:59:59'],
  word: ['a_1', 'ä'],
  name: ['a-b', '€', 'x'],
  rest: ['', '/', 'a:b', '{'],
};
const part: fc.Arbitrary<PatternPart> = fc.oneof(
  fc.constantFrom('a', 'B', 'ä', '/', '-', '0', '4', '{', '2026', ':'),
  fc.constantFrom(...Object.keys(SAMPLES)).map((token) => ({ token }) as PatternPart),
  fc.integer({ min: 1, max: 3 }).map((width): PatternPart => ({ token: 'hex', width })),
);
const pattern: fc.Arbitrary<Pattern> = fc
  .array(part, { minLength: 1, maxLength: 5 })
  .map(joinLiterals)
  .filter((of) => plain(of));
const filled = (of: Pattern): fc.Arbitrary<string> =>
  fc
    .tuple(
      ...of.map((one) => {
        if (typeof one === 'string') return fc.constant(one);
        return one.width === undefined
          ? fc.constantFrom(...SAMPLES[one.token]!)
          : fc.constant('a4F'.slice(0, one.width));
      }),
    )
    .map((texts) => texts.join(''));
const none = () => [];
// Several of them entangled are decided in the end, but not soon.
const SHAPED = /\{(guid|date|time)\}/g;
const plain = (of: Pattern): boolean => (printPattern(of).match(SHAPED) ?? []).length < 2;

test('what the algebra says of two patterns holds of names', () => {
  const wider = (of: Pattern): fc.Arbitrary<Pattern> =>
    fc
      .tuple(...of.map((one) => fc.oneof(fc.constant(one), fc.constant<PatternPart>({ token: 'rest' }), part)))
      .map(joinLiterals);
  const pairs = pattern.chain((narrow) =>
    fc.record({ narrow: fc.constant(narrow), wide: wider(narrow), name: filled(narrow), fold: fc.boolean() }),
  );
  fc.assert(
    fc.property(pairs, ({ narrow, wide, name, fold }) => {
      const admits = [matcher(narrow, none, fold), matcher(wide, none, fold)] as const;
      const asNaming = (of: Pattern): Naming => ({ pattern: of, fold });
      const beyond = findBeyond(asNaming(narrow), [asNaming(wide)]);
      const common = findCommon(asNaming(narrow), asNaming(wide));
      if (admits[0](name)) {
        if (beyond.is === 'none') expect(admits[1](name)).toBe(true);
        if (common.is === 'none') expect(admits[1](name)).toBe(false);
      }
      for (const [found, second] of [
        [beyond, false],
        [common, true],
      ] as const) {
        if (found.is !== 'some') continue;
        const example = readPattern(found.example.object).join('');
        expect([admits[0](example), admits[1](example), example]).toEqual([true, second, example]);
      }
    }),
    { numRuns: 600 },
  );
});

test('bound tokens: inclusion holds whatever they stand for', () => {
  const bound = fc.constantFrom('pid', 'uid', 'user', 'home').map((token) => ({ token }) as PatternPart);
  const mixed = fc.array(fc.oneof(part, bound), { minLength: 1, maxLength: 4 }).map(joinLiterals);
  const values = fc.record({
    pid: fc.nat().map(String),
    uid: fc.nat(70_000).map(String),
    user: fc.constantFrom('ann', 'a-b', 'Ä'),
    home: fc.constantFrom('/home/ann', 'C:\\users\\x', 'h'),
  });
  fc.assert(
    fc.property(mixed, mixed, values, (narrow, wide, known) => {
      const found = findBeyond({ pattern: narrow, fold: false }, [{ pattern: wide, fold: false }]);
      const fill = (of: Pattern) =>
        of
          .map((one) =>
            typeof one === 'string'
              ? one
              : (known[one.token as keyof typeof known] ?? SAMPLES[one.token]?.at(-1) ?? ''),
          )
          .join('');
      const stand = (token: string) => [known[token as keyof typeof known] ?? ''];
      if (found.is === 'some') expect(matcher(narrow, stand)(fill(readPattern(found.example.object)))).toBe(true);
      else if (matcher(narrow, stand)(fill(narrow))) expect(matcher(wide, stand)(fill(narrow))).toBe(true);
    }),
    { numRuns: 400 },
  );
});

test('folding keeps letters letters, so that one stands for all', () => {
  const letter = /^[\p{L}0-9_]$/u;
  const wrong = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).filter(
    (char) => letter.test(char) !== letter.test(foldName(char)),
  );
  expect(wrong).toEqual([]);
});

test('an example is a pattern', () => {
  const found = findBeyond(naming('{{{pid}'), []);
  expect(found).toEqual({ is: 'some', example: { object: '{{{pid}', args: [] } });
  expect(printPattern(readPattern('{{{pid}'))).toBe('{{{pid}');
});
