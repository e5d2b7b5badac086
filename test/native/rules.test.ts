import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addon } from '../../native/engine.js';
import type { Question } from '../../native/rules.js';
import { type Given, rule } from './rule.js';

const native = addon();
const tableOf = (rules: readonly Given[]) => new native.RuleTable(rules.map(rule));

const asks = (question: Partial<Question>): Question => ({
  op: 'pipe.connect',
  from: 'app',
  to: 'db',
  object: 'x',
  ...question,
});

describe('a rule matches when every key does', () => {
  const cases: [string, Given, Partial<Question>, boolean][] = [
    ['as it is', {}, {}, true],
    ['another operation', {}, { op: 'pipe.serve' }, false],
    ['one of its operations', { ops: ['file.read', 'pipe.connect'] }, {}, true],
    ['another VM', {}, { from: 'web' }, false],
    ['another owner', {}, { to: 'host' }, false],
    ['an owner not known yet', {}, { to: null }, true],
    ['its image', { fromImage: 'psql' }, { fromImage: '/usr/bin/psql' }, true],
    ['another image', { fromImage: 'psql' }, { fromImage: '/usr/bin/sh' }, false],
    ['an image nobody vouches for', { fromImage: 'psql' }, { fromImage: null }, true],
    ['an image in a folder of its name', { fromImage: 'psql' }, { fromImage: '/tmp/psql/sh' }, false],
    ['a backslash in a Linux name', { fromImage: 'psql' }, { fromImage: '/tmp/x\\psql' }, false],
    ['a Windows image, whatever its case', { fromImage: 'App.exe' }, { fromImage: 'C:\\x\\APP.EXE' }, true],
    ['the owner’s image', { toImage: 'redis' }, { toImage: '/bin/redis' }, true],
    ['another owner’s image', { toImage: 'redis' }, { toImage: '/bin/nc' }, false],
    ['an owner’s image not known', { toImage: 'redis' }, {}, false],
    ['an owner’s image while the owner is open', { toImage: 'redis' }, { to: null }, true],
    ['access it covers', { access: 3 }, { access: 1 }, true],
    ['access it covers in part', { access: 1 }, { access: 3 }, false],
    ['any access', { access: 0 }, { access: 31 }, true],
    ['the start', { phase: 'startup' }, { starting: true }, true],
    ['after the start', { phase: 'startup' }, {}, false],
    ['its RPC operation', { operation: '19' }, { operation: '19' }, true],
    ['another RPC operation', { operation: '19' }, { operation: '1' }, false],
    ['its message', { message: 'WM_COPYDATA' }, { message: 'WM_COPYDATA' }, true],
    ['no message', { message: 'WM_COPYDATA' }, {}, false],
    ['another title', { title: 'Editor' }, { title: 'editor' }, false],
    ['its arguments', { args: ['-c', '{uint}'] }, { args: ['-c', '7'] }, true],
    ['fewer arguments', { args: ['-c', '{uint}'] }, { args: ['-c'] }, false],
    ['more arguments', { args: ['-c'] }, { args: ['-c', '7'] }, false],
    ['arguments not known', { args: [] }, {}, false],
    ['no arguments', { args: [] }, { args: [] }, true],
    ['arguments in another case', { args: ['-C'], fold: true }, { args: ['-c'] }, false],
    ['a name in another case', { object: 'ABC' }, { object: 'abc' }, false],
    ['a name in another case, as Windows compares', { object: 'Abc', fold: true }, { object: 'aBC' }, true],
    ['a name that came over its carrier', { carrier: 'c' }, { given: [{ carrier: 'c', value: 'x' }] }, true],
    ['a name that came over another', { carrier: 'c' }, { given: [{ carrier: 'd', value: 'x' }] }, false],
    ['a name that did not come', { carrier: 'c' }, {}, false],
    ['a name among its owner’s arguments', { carrier: 'argv' }, { given: [{ carrier: 'argv db', value: 'x' }] }, true],
    ['a name among another’s', { carrier: 'argv' }, { given: [{ carrier: 'argv evil', value: 'x' }] }, false],
    ['a refusal of a name that did not come', { carrier: 'c', allow: false }, {}, true],
    ['a token in another case', { object: 'Abc{uint}', fold: true }, { object: 'aBC1' }, true],
  ];
  test.each(cases)('%s', (_name, given, question, expected) => {
    expect(tableOf([given]).decide(asks(question)) !== null).toBe(expected);
  });
});

describe('what is not known counts against the asker: a refusal', () => {
  const cases: [string, Given, Partial<Question>][] = [
    ['of an owner’s image', { toImage: 'redis' }, {}],
    ['of arguments', { args: ['-c'] }, {}],
    ['of one of the bits', { access: 2 }, { access: 3 }],
  ];
  test.each(cases)('%s', (_name, given, question) => {
    const table = tableOf([{ id: 'yes' }, { ...given, id: 'no', allow: false }]);
    expect(table.decide(asks(question))).toMatchObject({ rule: 'no', allow: false });
  });
  test('of a bit that is not asked for does not hold', () => {
    const table = tableOf([{ id: 'yes' }, { id: 'no', allow: false, access: 2 }]);
    expect(table.decide(asks({ access: 1 }))).toMatchObject({ rule: 'yes' });
  });
});

describe('the most specific rule decides', () => {
  // Each rule is more specific than all that follow it; every one matches the name.
  const name = '/a/20261122';
  const order = [
    '/a/20261122',
    '/a/2026{pid}',
    '/a/2026112{uint}',
    '/a/{rest}2', // by literal characters, sorted below
  ];
  const literals = (pattern: string) => pattern.replace(/\{[^}]*\}/g, '').length;
  test.each(
    order.flatMap((one) => order.map((other) => [one, other] as const)).filter(([a, b]) => literals(a) > literals(b)),
  )('%s before %s', (first, second) => {
    const table = tableOf([
      { id: 'second', object: second },
      { id: 'first', object: first },
    ]);
    expect(table.decide(asks({ object: name, bindings: { pid: '1122' } }))).toMatchObject({ rule: 'first' });
  });

  const digits = '20261122';
  const narrower = ['{pid}', '{hex:8}', '{date}', '{uint}', '{hex}', '{word}', '{name}', '{rest}'];
  test.each(narrower.slice(1).map((wide, at) => [narrower[at]!, wide]))('%s before %s', (narrow, wide) => {
    const table = tableOf([
      { id: 'wide', object: wide },
      { id: 'narrow', object: narrow },
    ]);
    expect(table.decide(asks({ object: digits, bindings: { pid: digits } }))).toMatchObject({ rule: 'narrow' });
  });
  test.each([
    ['{given}', '{guid}'],
    ['{guid}', '{name}'],
    ['{pid}', '{given}'],
  ])('%s before %s', (narrow, wide) => {
    const guid = '01234567-89ab-cdef-0123-456789abcdef';
    const table = tableOf([
      { id: 'wide', object: wide, carrier: 'c' },
      { id: 'narrow', object: narrow, carrier: 'c' },
    ]);
    const question = asks({ object: guid, bindings: { pid: guid }, given: [{ carrier: 'c', value: guid }] });
    expect(table.decide(question)).toMatchObject({ rule: 'narrow' });
  });
  test('{time} stands between {date} and {uint}', () => {
    const table = tableOf([
      { id: 'uint', object: '{uint}' },
      { id: 'time', object: '{time}' },
    ]);
    expect(table.decide(asks({ object: '101500' }))).toMatchObject({ rule: 'time' });
  });
  test('no token is narrower than an empty rest', () => {
    const table = tableOf([
      { id: 'open', object: 'x{rest}' },
      { id: 'shut', object: 'x' },
    ]);
    expect(table.decide(asks({}))).toMatchObject({ rule: 'shut' });
  });
  test('the widest token is compared first', () => {
    const table = tableOf([
      { id: 'rest', object: '{pid}{rest}' },
      { id: 'words', object: '{word}{word}' },
    ]);
    expect(table.decide(asks({ object: 'ab', bindings: { pid: 'a' } }))).toMatchObject({ rule: 'words' });
  });
  test('arguments count as the name does', () => {
    const refused: Given = { id: 'any', allow: false };
    const table = tableOf([refused, { id: 'this', args: ['--version'] }]);
    expect(table.decide(asks({ args: ['--version'] }))).toMatchObject({ rule: 'this', allow: true });
    expect(table.decide(asks({ args: ['--evil'] }))).toMatchObject({ rule: 'any', allow: false });
  });
  test('a refusal wins a tie', () => {
    const table = tableOf([{ id: 'yes' }, { id: 'no', allow: false }]);
    expect(table.decide(asks({}))).toEqual({ rule: 'no', allow: false, to: 'db' });
  });
  test('a more specific permission wins against a refusal', () => {
    const table = tableOf([
      { id: 'no', allow: false, object: '{rest}' },
      { id: 'yes', object: 'x' },
    ]);
    expect(table.decide(asks({}))).toMatchObject({ rule: 'yes' });
  });
  test('otherwise the first in the file', () => {
    expect(tableOf([{ id: 'a' }, { id: 'b' }]).decide(asks({}))).toMatchObject({ rule: 'a' });
    expect(tableOf([{ id: 'b' }, { id: 'a' }]).decide(asks({}))).toMatchObject({ rule: 'b' });
  });
  test('one that does not match for another key leaves the decision to the next', () => {
    const table = tableOf([
      { id: 'other', object: 'x', to: 'host' },
      { id: 'wide', object: '{rest}' },
    ]);
    expect(table.decide(asks({}))).toMatchObject({ rule: 'wide' });
  });
  test('characters are counted, not bytes', () => {
    const table = tableOf([
      { id: 'three', object: 'éé{rest}' },
      { id: 'four', object: '{rest}abc' },
    ]);
    expect(table.decide(asks({ object: 'ééabc' }))).toMatchObject({ rule: 'four' });
  });
});

describe('bound tokens', () => {
  const table = tableOf([{ object: '{home}/s-{pid}' }]);
  test('are the caller’s values, each time', () => {
    for (let pid = 0; pid < 300; pid++) {
      const bindings = { home: '/home/a', pid: String(pid) };
      expect(table.decide(asks({ object: `/home/a/s-${pid}`, bindings }))).not.toBeNull();
      expect(table.decide(asks({ object: `/home/a/s-${pid + 1}`, bindings }))).toBeNull();
    }
  });
  test('cannot be confused by where one value ends', () => {
    const joined = tableOf([{ object: '{user}{host}' }]);
    expect(joined.decide(asks({ object: 'abc', bindings: { user: 'ab', host: 'c' } }))).not.toBeNull();
    expect(joined.decide(asks({ object: 'abd', bindings: { user: 'a', host: 'bd' } }))).not.toBeNull();
    expect(joined.decide(asks({ object: 'abc', bindings: { user: 'a', host: 'bd' } }))).toBeNull();
  });
  test('match nothing without a value', () => expect(table.decide(asks({ object: '/s-1' }))).toBeNull());
  test('given values count for their own carrier only', () => {
    const carried = tableOf([{ object: 'p{given}', carrier: 'c' }]);
    const question = (carrier: string) => asks({ object: 'p7', given: [{ carrier, value: '7' }] });
    expect(carried.decide(question('c'))).not.toBeNull();
    expect(carried.decide(question('d'))).toBeNull();
  });
});

describe('pointing', () => {
  const table = tableOf([
    { id: 'wide-host', object: '{rest}', to: 'host' },
    { id: 'db', object: 'x', to: 'db' },
    { id: 'host', object: '{word}', to: 'host' },
    { id: 'no-web', object: 'x', to: 'web', allow: false },
  ]);
  test('names each place once, the most specific rule first', () => {
    expect(table.pointing(asks({})).map((answer) => answer.rule)).toEqual(['no-web', 'db', 'host']);
    expect(table.pointing(asks({ object: 'a b' })).map((answer) => answer.rule)).toEqual(['wide-host']);
  });
  test('is empty where nothing matches', () => expect(table.pointing(asks({ from: 'db' }))).toEqual([]));
  test('any', () => {
    expect(table.any('app', 'pipe.connect')).toBe(true);
    expect(table.any('app', 'pipe.serve')).toBe(false);
    expect(table.any('db', 'pipe.connect')).toBe(false);
  });
});

test('five thousand rules decide as one does', () => {
  const rules = Array.from({ length: 5000 }, (_, at) => ({
    id: `r${at}`,
    object: `\\\\.\\pipe\\Name${at}`,
    fold: at % 2 === 0,
  }));
  const table = tableOf([...rules, { id: 'open', object: '\\\\.\\pipe\\{word}' }]);
  expect(table.decide(asks({ object: '\\\\.\\pipe\\name4998' }))).toMatchObject({ rule: 'r4998' });
  expect(table.decide(asks({ object: '\\\\.\\pipe\\name4999' }))).toMatchObject({ rule: 'open' });
  expect(table.decide(asks({ object: '\\\\.\\pipe\\Name4999' }))).toMatchObject({ rule: 'r4999' });
});

test.each([
  ['a rule that is none', [7]],
  ['an unknown operation', [{ ...rule(), ops: ['pipe.fly'] }]],
  ['an unknown token', [{ ...rule(), object: [{ token: 'anything' }] }]],
  ['a missing key', [{ ...rule(), allow: undefined }]],
  ['a list that is none', 'rules'],
])('%s makes no table', (_name, rules) => {
  expect(() => new native.RuleTable(rules as never)).toThrow(TypeError);
});

describe('whatever the rules, the table decides as trying each one does', () => {
  const names = ['x', 'X', 'a1', 'A1', '/h/x', '/h/a1', '/h/7', 'u', 'ab', ''];
  const objects = [
    'x',
    'X',
    '{rest}',
    '{word}',
    '{name}',
    'a{uint}',
    '{home}/x',
    '{home}/{word}',
    '{user}',
    '{home}/{pid}',
    '/h/{rest}',
  ];
  const rules = fc.array(
    fc.record({
      object: fc.constantFrom(...objects),
      allow: fc.boolean(),
      fold: fc.boolean(),
      to: fc.constantFrom('db', 'host'),
      from: fc.constantFrom('app', 'db'),
      access: fc.nat(3),
      ops: fc.subarray(['pipe.connect', 'file.read'] as const, { minLength: 1 }),
      fromImage: fc.constantFrom(null, 'p'),
    }),
    { maxLength: 12 },
  );
  const questions = fc.record({
    object: fc.constantFrom(...names),
    op: fc.constantFrom('pipe.connect' as const, 'file.read' as const),
    from: fc.constantFrom('app', 'db'),
    to: fc.constantFrom('db', 'host', null),
    access: fc.nat(3),
    fromImage: fc.constantFrom('/bin/p', '/bin/q', null),
    bindings: fc.constantFrom({}, { home: '/h', user: 'u', pid: '7' }, { home: '/H', user: 'ab', pid: '1' }),
  });

  test('one rule at a time', () => {
    fc.assert(
      fc.property(rules, fc.array(questions, { minLength: 1, maxLength: 4 }), (given, asked) => {
        const all = given.map((one, at) => rule({ ...one, id: String(at) }));
        const table = new native.RuleTable(all);
        for (const question of asked) {
          const alone = all.filter((one) => new native.RuleTable([one]).decide(question) !== null);
          // Of two that match, the table of those two says which is the more specific.
          const best = alone.reduce<(typeof all)[number] | null>((kept, one) => {
            if (kept === null) return one;
            const winner = new native.RuleTable([kept, one]).decide(question)!.rule;
            return winner === kept.id ? kept : one;
          }, null);
          expect(table.decide(question)?.rule ?? null).toBe(best?.id ?? null);
        }
      }),
      { numRuns: 500 },
    );
  });
});
