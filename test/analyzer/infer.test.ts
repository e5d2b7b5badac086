import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type InferOptions, inferRules } from '../../analyzer/infer.js';
import type { ExistingRule } from '../../analyzer/rule.js';
import { type Row, type RunGiven, writeRun } from './write_run.js';

let base = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'infer-'));
});
afterEach(() => rmSync(base, { recursive: true }));

const runs = (...given: RunGiven[]): string[] =>
  given.map((run, at) => writeRun(join(base, String(at)), { id: `r${at}`, ...run }));
const infer = (given: RunGiven[], options?: InferOptions) => inferRules(runs(...given), options);
const connect = (object: string, more: Row = {}) => ({ op: 'unix.connect', object, peer: 'host', ...more });
const objects = (rules: readonly { object: string }[]) => rules.map(({ object }) => object);

test('an endpoint becomes a rule with its support', async () => {
  const reach = { object: '127.0.0.1:5544', peer: 'db' };
  const { rules } = await infer([
    {
      interactions: [
        { ...reach, ts: 1_500_000_000 },
        { ...reach, ts: 2e9, status: 111 },
      ],
    },
    { started: '2026-11-22T11:00:00.000Z', interactions: [reach] },
    {},
  ]);
  expect(rules).toEqual([
    {
      id: expect.stringMatching(/^app-db-tcp-connect-[0-9a-f]{8}$/),
      allow: 'tcp.connect',
      from: 'app',
      to: 'db',
      object: '127.0.0.1:5544',
      state: 'proposed',
      needed: 'seen',
      evidence: { runs: 2, of: 3, times: 3, first: '2026-11-22T10:15:01Z', last: '2026-11-22T11:00:00Z' },
    },
  ]);
});

test.each<[string, Row, Row]>([
  ['what never worked is optional', connect('/a', { status: 111 }), { needed: 'optional' }],
  [
    'memory says how it was opened',
    { op: 'memory.open', object: '/s', peer: 'host', access: 3 },
    { access: ['read', 'write'] },
  ],
  ['a host name goes to the net', { op: 'dns.resolve', object: 'example.com', peer: null }, { to: 'net' }],
  ['noise is noted', { op: 'file.read', object: '/etc/localtime', peer: 'host' }, { note: "the runtime's own doing" }],
])('%s', async (_, interaction, expected) => {
  const { rules } = await infer([{ interactions: [interaction] }]);
  expect(rules[0]).toMatchObject(expected);
});

test('files say by their operation how they are opened', async () => {
  const { rules } = await infer([{ interactions: [{ op: 'file.read', object: '/s', peer: 'host', access: 1 }] }]);
  expect(rules[0]).not.toHaveProperty('access');
});

test('what learning refused would be needed, but nobody knows', async () => {
  const { rules } = await infer([{ mode: 'deny', interactions: [connect('/a', { verdict: 'blocked', status: 2 })] }]);
  expect(rules).toMatchObject([{ object: '/a', needed: 'unknown' }]);
});

describe('the order of the runs does not show', () => {
  test('and neither do runs that bring nothing new, but in the counts', async () => {
    const given = [1, 2, 3].map((n) => ({
      vms: { app: { program: ['a'], exit_code: 0, variables: { home: `/h/u${n}` } } },
      interactions: [connect(`/h/u${n}/s`), connect(`/run/x-${n}00${n}`), connect('/keep')],
    }));
    const folders = runs(...given);
    const forwards = JSON.stringify(await inferRules(folders));
    expect(JSON.stringify(await inferRules([...folders].reverse()))).toBe(forwards);
    expect(JSON.stringify(await inferRules([...folders, folders[0]!]))).toBe(forwards);
    const more = await inferRules([...folders, writeRun(join(base, '9'), { id: 'r9', ...given[0] })]);
    expect(objects(more.rules)).toEqual(['/keep', '/run/x-{uint}', '{home}/s']);
    expect(more.rules.map(({ id }) => id)).toEqual(JSON.parse(forwards).rules.map((rule: { id: string }) => rule.id));
  });
});

describe('rules that stand already', () => {
  const rule: ExistingRule = {
    id: 'mine',
    allow: 'unix.connect',
    from: 'app',
    to: 'host',
    object: '/run/{name}',
    state: 'accepted',
  };
  const given = [{ interactions: [connect('/run/a'), connect('/run/a'), connect('/tmp/b')] }];

  test('accepted ones keep their names, and get the evidence', async () => {
    const { rules } = await infer(given, { existing: [rule] });
    expect(rules).toMatchObject([{ id: 'mine', state: 'accepted', evidence: { times: 2 } }, { object: '/tmp/b' }]);
  });
  test('refused ones are not proposed again', async () => {
    const { rules } = await infer(given, { existing: [{ ...rule, state: 'refused' }] });
    expect(objects(rules)).toEqual(['/tmp/b']);
  });
  test('proposed ones are found anew', async () => {
    const { rules } = await infer(given, { existing: [{ ...rule, state: 'proposed' }] });
    expect(objects(rules)).toEqual(['/run/a', '/tmp/b']);
  });
  test('one that no run shows is kept as it was', async () => {
    const { rules } = await infer([{}], { existing: [{ ...rule, note: 'mine' }] });
    expect(rules).toEqual([{ ...rule, note: 'mine', needed: 'unknown' }]);
  });
});

test('rare names are kept apart with their count', async () => {
  const usual = { interactions: [connect('/a')] };
  const { rules, rare, coverage } = await infer([
    { interactions: [connect('/a'), connect('/b')] },
    usual,
    usual,
    usual,
    usual,
  ]);
  expect(objects(rules)).toEqual(['/a']);
  expect(rare).toMatchObject([{ object: '/b', evidence: { runs: 1, of: 5, times: 1 } }]);
  expect(coverage.heldout.denials_per_run).toBe(0.2);
});

test('alternatives show what a wider rule would admit as well', async () => {
  const { rules, alternatives } = await infer([
    { interactions: [connect('/run/x-1111'), connect('/run/x-y')] },
    { interactions: [connect('/run/x-2222'), connect('/run/x-y')] },
  ]);
  const typed = rules.find(({ object }) => object === '/run/x-{uint}')!;
  expect(alternatives).toEqual({
    [typed.id]: [
      // One of two runs left out, the other proves nothing.
      { object: '/run/x-{word}', also_admits: 1, heldout_denials: 1, more_bits: 22 },
      { object: '/run/x-{name}', also_admits: 1, heldout_denials: 1, more_bits: 34 },
      { object: '/run/x-{rest}', also_admits: 1, heldout_denials: 1, more_bits: 38 },
    ],
  });
});

test('an alternative says what it would deny the runs left out', async () => {
  const usual = ['a', 'b', 'c', 'd'].map((name) => connect(`/srv/q/${name}.sock`));
  const { alternatives } = await infer([
    { interactions: [...usual, connect('/srv/q/once.sock'), connect('/srv/q/only-here.sock')] },
    { interactions: usual },
    { interactions: [...usual, connect('/srv/q/twice.sock'), connect('/srv/q/twice.sock')] },
  ]);
  const prices = [...new Set(Object.values(alternatives).map((list) => JSON.stringify(list)))].map((one) =>
    JSON.parse(one),
  );
  // The one rule that the list could be would have let `once` and `twice` through; `only-here` is no word.
  expect(prices).toEqual([
    [{ object: '/srv/q/{word}.sock', also_admits: 0, heldout_denials: 0, more_bits: expect.any(Number) }],
  ]);
});

test('who reaches whom gives the order of starting', async () => {
  const vm = { program: ['x'], exit_code: 0, variables: {} };
  const { order } = await infer([
    {
      vms: { app: vm, db: vm, idle: vm },
      interactions: [
        { vm: 'db', op: 'tcp.serve', object: '0.0.0.0:5432', verdict: 'passed' },
        { object: 'db:5432', peer: 'db' },
      ],
    },
  ]);
  expect(order).toEqual({
    app: { after: ['db'], ready: null },
    db: { after: [], ready: 'tcp.serve 0.0.0.0:5432' },
    idle: { after: [], ready: null },
  });
});

describe('coverage', () => {
  test('of one run', async () => {
    const { coverage } = await infer([{ interactions: [connect('/a')] }]);
    expect(coverage).toEqual({
      runs: 1,
      complete_runs: 1,
      classes: {
        all: { seen: 1, unseen_mass: 1, low: 1, high: null },
        ipc: { seen: 1, unseen_mass: 1, low: 1, high: null },
      },
      heldout: { denials_per_run: null, low: null, high: null },
      advice: 'One run cannot show what varies: record at least two more.',
    });
  });
  test('a run with losses is not complete', async () => {
    const lost = { engine: { seen: 2, stored: 1, lost: 1 } };
    const { coverage } = await infer([{ ledger: lost }, { complete: false }, {}]);
    expect(coverage.complete_runs).toBe(1);
    expect(coverage.advice).toContain('2 of 3 runs are not complete');
  });
});

describe('bad input', () => {
  test.each<[string, RunGiven[], string]>([
    ['runs of two systems', [{}, { system: 'other' }], 'RUNS_MIXED'],
    ['an unknown format', [{ format: 2 }], 'RUN_FORMAT'],
    ['an id that two runs share', [{ id: 'x' }, { id: 'x' }], 'RUN_ID_TWICE'],
    ['no run', [], 'RUNS_NONE'],
  ])('%s', async (_, given, code) => {
    await expect(infer(given)).rejects.toMatchObject({ problem: { code } });
  });
  test('a folder that is no run', async () => {
    await expect(inferRules([base])).rejects.toMatchObject({ problem: { code: 'RUN_NOT_A_RUN' } });
  });
  test('a file that is no Arrow', async () => {
    const [folder] = runs({});
    writeFileSync(join(folder!, 'interactions.arrow'), 'ARROW1 is what it says');
    await expect(inferRules([folder!])).rejects.toMatchObject({ problem: { code: 'RUN_UNREADABLE' } });
  });
  test('an empty run', async () => {
    expect((await infer([{}])).rules).toEqual([]);
  });
  test('names of all kinds stay themselves', async () => {
    const names = [
      'a"b',
      "it's",
      'x\ny',
      '{uint}',
      '}{',
      '\\\\.\\pipe\\x',
      '@\\x00',
      '%s$name;--',
      'ü😀',
      'x'.repeat(32_000),
    ];
    const { rules } = await infer([{ interactions: names.map((name) => connect(name)) }]);
    expect(new Set(objects(rules).map((text) => text.replace(/\{\{/g, '{').replace(/\}\}/g, '}')))).toEqual(
      new Set(names),
    );
  });
  test.each<[string, string]>([
    ['folders without end', '/a'.repeat(16_000)],
    ['variables without end', '-2'.repeat(16_000)],
    ['tokens without end', '20261122-101500_'.repeat(2_000)],
    ['braces without end', '{}'.repeat(7_000)],
  ])('a name of %s is itself', async (_, name) => {
    const names = [1, 2].map((n) => ({ op: 'file.read', object: `/${n}${name}`, peer: 'host' }));
    const app = { program: ['a'], exit_code: 0, variables: { user: 'a', uid: '2', temp: '/', session: '1' } };
    const { rules } = await infer([1, 2, 3].map(() => ({ vms: { app }, interactions: names })));
    expect(rules).toHaveLength(2);
  });
  test('many runs of few rows', async () => {
    const given = Array.from({ length: 300 }, (_, n) => ({
      interactions: [connect('/run/always'), connect(`/run/job-${10_000 + n}`)],
    }));
    const { rules, coverage } = await infer(given);
    expect(objects(rules)).toEqual(['/run/always', '/run/job-{uint}']);
    expect(coverage.runs).toBe(300);
  });
  test('what must be there before is told by its kind', async () => {
    const lost = { op: 'library.load', object: '/opt/lib.so', peer: null, verdict: 'absent', status: 2 };
    const { needs } = await infer([{ outcome: 'failed', interactions: [connect('/a'), lost] }]);
    expect(needs).toEqual([
      { needed: 'missing', names: 1, first: [{ vm: 'app', op: 'library.load', name: '/opt/lib.so' }] },
      { needed: 'required', names: 1, first: [expect.objectContaining({ name: '/a' })] },
    ]);
  });
  test('a name too long for a rule is left out', async () => {
    expect((await infer([{ interactions: [connect('{'.repeat(20_000)), connect('/a')] }])).rules).toHaveLength(1);
  });
  test('clocks that jump', async () => {
    const { rules } = await infer([
      { started: '2026-11-22T10:00:00.000Z', interactions: [connect('/a', { ts: 5e9 }), connect('/a', { ts: -3e9 })] },
      { started: '1970-01-01T00:00:00.000Z', interactions: [connect('/a')] },
    ]);
    expect(rules[0]!.evidence).toMatchObject({ first: '1970-01-01T00:00:00Z', last: '2026-11-22T10:00:05Z' });
  });
});
