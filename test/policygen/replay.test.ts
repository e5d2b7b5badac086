import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseSystemFile } from '../../policygen/file/parse.js';
import { replayRuns } from '../../policygen/replay/replay.js';
import { type Row, writeRun } from '../analyzer/write_run.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shuttle-replay-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const system = (...rules: string[]) =>
  parseSystemFile(
    [
      'shuttle: 1',
      'system: orders',
      'main: app',
      'vms:',
      '  app: { program: [/bin/app] }',
      '  db: { program: [/bin/db] }',
      'rules:',
      ...rules.map((rule) => `  - ${rule}`),
    ].join('\n'),
    'orders.shuttle.yaml',
  );

let runs = 0;
function run(interactions: Row[], more: Row = {}): string {
  const id = `20261122T10150${runs++}Z-0000`;
  return writeRun(join(folder, id), { id, system: 'orders', interactions, ...more });
}

const CONNECT = '{ id: db, allow: tcp.connect, from: app, to: db, object: "127.0.0.1:{uint}" }';
const connect = (object: string, more: Row = {}): Row => ({ op: 'tcp.connect', object, peer: 'db', ...more });

test('a carried interaction that a rule allows, and one that none does', async () => {
  const one = run([connect('127.0.0.1:5544'), connect('127.0.0.1:http'), connect('127.0.0.1:80', { peer: 'host' })]);
  const unused = '{ id: never, allow: dns.resolve, from: app, to: net, object: x }';
  const found = await replayRuns(system(CONNECT, unused), [one]);
  const run0 = expect.stringMatching(/^2026/);
  expect(found).toEqual({
    runs: 1,
    interactions: 3,
    blocked: [
      { run: run0, seq: 1, op: 'tcp.connect', object: '127.0.0.1:http', from: 'app', to: 'db' },
      { run: run0, seq: 2, op: 'tcp.connect', object: '127.0.0.1:80', from: 'app', to: 'host' },
    ],
    unused_rules: ['never'],
  });
});

test('only what was carried counts', async () => {
  const verdicts = ['passed', 'redirected', 'blocked', 'absent'];
  const one = run(verdicts.map((verdict) => connect('nowhere:1', { verdict, peer: null })));
  expect(await replayRuns(system(CONNECT), [one])).toMatchObject({
    interactions: 0,
    blocked: [],
    unused_rules: ['db'],
  });
});

test('what rules of Shuttle’s own carried asks for none', async () => {
  const own = { op: 'rpc.call', object: '{00020400-0000-0000-c000-000000000046}', peer: 'db', rule: 'shuttle:com' };
  const found = await replayRuns(system(CONNECT), [run([own, connect('127.0.0.1:5544')])]);
  expect(found).toMatchObject({ interactions: 1, blocked: [], unused_rules: [] });
});

test('several runs, given twice and in any order', async () => {
  const [a, b] = [run([connect('x:1')]), run([connect('x:2')])];
  const found = await replayRuns(system(), [b, a, b]);
  expect(found.runs).toBe(2);
  expect(found.blocked.map((row) => row.object)).toEqual(['x:1', 'x:2']);
});

test('a refusal blocks, and is not unused', async () => {
  const refused = '{ id: no, allow: tcp.connect, from: app, to: db, object: "127.0.0.1:5544", state: refused }';
  const found = await replayRuns(system(CONNECT, refused), [run([connect('127.0.0.1:5544'), connect('127.0.0.1:1')])]);
  expect(found.blocked.map((row) => row.object)).toEqual(['127.0.0.1:5544']);
  expect((await replayRuns(system(refused), [run([])])).unused_rules).toEqual([]);
});

test('accepted only', async () => {
  const one = run([connect('127.0.0.1:5544')]);
  expect((await replayRuns(system(CONNECT), [one])).blocked).toEqual([]);
  expect((await replayRuns(system(CONNECT), [one], { acceptedOnly: true })).blocked).toHaveLength(1);
});

test('bound tokens are the run’s own values', async () => {
  const connects = (object: string, pid: number) => ({ op: 'unix.connect', object, peer: 'db', pid });
  const one = run(
    [
      { op: 'unix.serve', object: '/home/a/s-7-9', vm: 'db', pid: 900, verdict: 'passed' },
      { op: 'unix.serve', object: '/home/a/s-8-9', vm: 'db', pid: 900, verdict: 'passed' },
      connects('/home/a/s-7-9', 700),
      connects('/home/a/s-8-9', 700),
      connects('/home/b/s-7-9', 700),
    ],
    {
      vms: {
        app: { program: ['app'], exit_code: 0, variables: { home: '/home/a' } },
        db: { program: ['db'], exit_code: 0, variables: {} },
      },
      processes: [
        { vm: 'app', pid: 700, vm_pid: 7, started: 0, ended: null },
        { vm: 'db', pid: 900, vm_pid: 9, started: 0, ended: null },
      ],
    },
  );
  const found = await replayRuns(
    system('{ id: s, allow: unix.connect, from: app, to: db, object: "{home}/s-{pid}-{peer.pid}" }'),
    [one],
  );
  expect(found.blocked.map((row) => row.seq)).toEqual([3, 4]);
});

test('arguments, images and access', async () => {
  const rules = system(
    '{ id: sh, allow: program.start, from: "app:make", to: host, object: /bin/sh, args: [-c, "{word}"] }',
    '{ id: f, allow: file.read, from: app, to: host, object: /etc/hosts, access: [read] }',
  );
  const start = (argv: string[], image = '/usr/bin/make'): Row => ({
    op: 'program.start',
    object: '/bin/sh',
    peer: 'host',
    image,
    detail: JSON.stringify({ argv }),
  });
  const read = (access: number): Row => ({ op: 'file.read', object: '/etc/hosts', peer: 'host', access });
  const one = run([
    start(['sh', '-c', 'ls']),
    start(['sh', '-c', 'rm x']),
    start(['sh', '-c', 'ls'], '/usr/bin/vi'),
    read(1),
    read(3),
    { ...start([]), detail: '{"cut":9,"head":"{\\"ar' },
  ]);
  const found = await replayRuns(rules, [one]);
  expect(found.blocked.map((row) => row.seq)).toEqual([1, 2, 4, 5]);
  expect(found.unused_rules).toEqual([]);
});

test('startup is the first ten seconds of the VM', async () => {
  const rules = system('{ id: s, allow: tcp.connect, from: app, to: db, object: "x:1", phase: startup }');
  const second = 1_000_000_000;
  const one = run([connect('x:1', { ts: 12 * second }), connect('x:1', { ts: 16 * second })], {
    processes: [{ vm: 'app', pid: 100, vm_pid: 2, started: 5 * second, ended: null }],
  });
  expect((await replayRuns(rules, [one])).blocked.map((row) => row.seq)).toEqual([1]);
});

test.each([
  ['a folder that is no run', () => folder, 'RUN_NOT_A_RUN'],
  ['no run', () => null, 'RUNS_NONE'],
])('%s', async (_name, make, code) => {
  const given = make();
  await expect(replayRuns(system(), given === null ? [] : [given])).rejects.toMatchObject({ problem: { code } });
});

test('what was handed over decides, by its carrier and its time', async () => {
  const rules = system(
    '{ id: ask, allow: unix.connect, from: app, to: db, object: /run/ask }',
    '{ id: port, allow: tcp.connect, from: app, to: db, object: "h:{given}", carrier: ask }',
    '{ id: file, allow: name.pass, from: db, to: app, object: "/srv/{name}", access: [read], carrier: ask }',
  );
  const bytes = new TextEncoder().encode('{"port":41234,"file":"\\/srv\\/a b"}');
  const at = (ts: number, row: Row): Row => ({ ...row, ts });
  const read = (object: string): Row => ({ op: 'file.read', object, peer: 'db', access: 1 });
  const one = run(
    [
      at(1, { op: 'unix.connect', object: '/run/ask', peer: 'db', channel: 3 }),
      at(2, connect('h:41234')), // 1: too early
      at(9, connect('h:41234')),
      at(9, connect('h:41235')), // 3: never given
      at(9, read('/srv/a b')),
      at(9, read('/srv/other')), // 5: never told
      at(9, { ...read('/srv/a b'), op: 'file.write', access: 2 }), // 6: to be read only
    ],
    { payloads: [{ channel: 3, ts: 5, direction: 1, size: bytes.length, bytes }] },
  );
  const found = await replayRuns(rules, [one]);
  expect(found.blocked.map((row) => row.seq)).toEqual([1, 3, 5, 6]);
  expect(found.unused_rules).toEqual([]);
});
