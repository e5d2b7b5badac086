// From recorded messages to rules with a carrier.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inferRules } from '../../../analyzer/infer.js';
import { type Row, type RunGiven, writeRun } from '../write_run.js';

let base = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'handed-'));
});
afterEach(() => rmSync(base, { recursive: true }));

const vm = { program: ['x'], exit_code: 0, variables: {} };
const vms = { app: vm, db: vm, view: vm };
const bytes = (text: string) => new TextEncoder().encode(text);
const ASK: Row = { op: 'unix.connect', object: '/run/ask', peer: 'db', channel: 1, ts: 1 };
const said = (text: string, more: Row = {}): Row => ({
  channel: 1,
  ts: 5,
  direction: 1,
  size: bytes(text).length,
  bytes: bytes(text),
  ...more,
});
const reach = (object: string, ts = 9): Row => ({ op: 'tcp.connect', object, peer: 'db', ts });

async function rulesOf(given: readonly RunGiven[]): Promise<string[]> {
  const folders = given.map((run, at) => writeRun(join(base, String(at)), { id: `r${at}`, vms, ...run }));
  const { rules } = await inferRules(folders);
  const byId = new Map(rules.map((rule) => [rule.id, rule.object]));
  const by = (carrier: string | undefined) => (carrier === undefined ? '' : ` by ${byId.get(carrier) ?? carrier}`);
  return rules.map((rule) => `${rule.allow} ${rule.from}>${rule.to} ${rule.object}${by(rule.carrier)}`);
}

const ask = 'unix.connect app>db /run/ask';

test.each<[string, RunGiven[], string]>([
  [
    'a port, in one run',
    [{ interactions: [ASK, reach('h:41234')], payloads: [said('port 41234')] }],
    'h:{given} by /run/ask',
  ],
  ['what came too late', [{ interactions: [ASK, reach('h:41234', 3)], payloads: [said('port 41234')] }], 'h:41234'],
  [
    'what was sent, not received',
    [{ interactions: [ASK, reach('h:41234')], payloads: [said('41234', { direction: 0 })] }],
    'h:41234',
  ],
  ['a piece of a longer number', [{ interactions: [ASK, reach('h:41234')], payloads: [said('412345')] }], 'h:41234'],
  [
    'a constant that is mentioned, too',
    [
      { interactions: [ASK, reach('h:41234')], payloads: [said('41234')] },
      { interactions: [ASK, reach('h:41234')], payloads: [said('41234')] },
    ],
    'h:41234',
  ],
  [
    'cut in two',
    [{ interactions: [ASK, reach('h:41234')], payloads: [said('port 41'), said('234 ok', { ts: 6 })] }],
    'h:{given} by /run/ask',
  ],
  [
    'cut off by the recorder',
    [{ interactions: [ASK, reach('h:41234')], payloads: [said('port 41', { size: 99 }), said('234', { ts: 6 })] }],
    'h:41234',
  ],
])('%s', async (_, runs, expected) => {
  expect(await rulesOf(runs)).toEqual([`tcp.connect app>db ${expected}`, ask]);
});

test('who mentions a constant part of the name is not its carrier', async () => {
  const run = (value: string): RunGiven => ({
    interactions: [
      ASK,
      { ...ASK, object: '/run/before', channel: 2 },
      { op: 'unix.connect', object: `/run/session/${value}`, peer: 'db', ts: 9 },
    ],
    payloads: [said('session kept', { channel: 2, ts: 4 }), said(`session=${value}`)],
  });
  const rules = await rulesOf(['a1b2c3d4e5', 'f6a7b8c9d0', '0d1e2f3a4b'].map(run));
  expect(rules).toContain('unix.connect app>db /run/session/{given} by /run/ask');
  expect(rules).toHaveLength(3);
});

test('values from two carriers are two rules', async () => {
  const other: Row = { ...ASK, object: '/run/other', channel: 2 };
  const run = (one: string, two: string): RunGiven => ({
    interactions: [ASK, other, reach(`h:${one}`), reach(`h:${two}`)],
    payloads: [said(one), said(two, { channel: 2 })],
  });
  expect(await rulesOf([run('4001', '5001'), run('4002', '5002')])).toEqual([
    'tcp.connect app>db h:{given} by /run/ask',
    'tcp.connect app>db h:{given} by /run/other',
    ask,
    'unix.connect app>db /run/other',
  ]);
});

const TELL: Row = { op: 'unix.connect', object: '/run/tell', peer: 'view', channel: 1, ts: 1 };
const look = (object: string, more: Row = {}): Row => ({
  vm: 'view',
  op: 'file.read',
  object,
  peer: 'app',
  ts: 9,
  ...more,
});

test.each<[string, RunGiven, string]>([
  [
    'a name told to the one who then looks it up',
    { interactions: [TELL, look('/srv/a b.txt')], payloads: [said('file:///srv/a%20b.txt', { direction: 0 })] },
    'name.pass app>view /srv/a b.txt by /run/tell',
  ],
  [
    'another name',
    { interactions: [TELL, look('/srv/a.txt')], payloads: [said('/srv/b.txt', { direction: 0 })] },
    'file.read view>app /srv/a.txt',
  ],
  [
    'a file of the host that the sender had not used',
    { interactions: [TELL, look('/srv/a.txt', { peer: 'host' })], payloads: [said('/srv/a.txt', { direction: 0 })] },
    'file.read view>host /srv/a.txt',
  ],
  [
    'a file of the host that the sender had used',
    {
      interactions: [
        TELL,
        { op: 'file.read', object: '/srv/a.txt', peer: 'app', verdict: 'passed', ts: 2 },
        look('/srv/a.txt', { peer: 'host' }),
      ],
      payloads: [said('/srv/a.txt', { direction: 0 })],
    },
    'name.pass app>view /srv/a.txt by /run/tell',
  ],
])('%s', async (_, run, expected) => {
  expect((await rulesOf([run])).sort()).toEqual([expected, 'unix.connect app>view /run/tell'].sort());
});

test.each([
  ['an argument', '{"argv":["v","/srv/a.txt"]}'],
  ['a variable', '{"argv":["v"],"env":{"TO_READ":"/srv/a.txt","MODE":"/srv/other"}}'],
  ['one of a list in a variable', '{"argv":["v"],"env":{"TO_READ":"/srv/b.txt:/srv/a.txt"}}'],
])('%s of a program started in another VM', async (_, detail) => {
  const start: Row = { op: 'program.start', object: '/bin/v', peer: 'view', ts: 3, detail };
  expect(await rulesOf([{ interactions: [start, look('/srv/a.txt', { access: 1 })] }])).toEqual([
    'program.start app>view /bin/v',
    'name.pass app>view /srv/a.txt by argv',
  ]);
});

test('a recorded pass that nothing brought proposes nothing, and does no harm', async () => {
  const pass: Row = { op: 'name.pass', object: '/srv/a.txt', peer: 'view', ts: 3 };
  expect(await rulesOf([{ interactions: [pass, TELL] }])).toEqual(['unix.connect app>view /run/tell']);
});

test('a passed name says how it may be opened', async () => {
  const given = { id: 'r0', vms, payloads: [said('/srv/a', { direction: 0 })] };
  const interactions = [TELL, look('/srv/a'), look('/srv/a', { op: 'file.write', ts: 10 })];
  const { rules } = await inferRules([writeRun(join(base, 'x'), { ...given, interactions })]);
  const pass = rules.find(({ allow }) => allow === 'name.pass');
  expect(pass).toMatchObject({ access: ['read', 'write'], evidence: { runs: 1, times: 2 } });
});
