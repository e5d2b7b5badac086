// What the report's queries make of recorded runs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Recorded, readRecorded } from '../../../analyzer/report/read.js';
import type { ExistingRule } from '../../../analyzer/rule.js';
import { writeRun } from '../write_run.js';

const RULES: readonly ExistingRule[] = [
  { id: 'logs', allow: 'file.read', from: 'app', to: 'host', object: '/var/log/{uint}', state: 'proposed' },
  { id: 'tcp', allow: 'tcp.connect', from: 'app', to: 'db', object: '127.0.0.1:5544', state: 'accepted' },
];

const tcp = { op: 'tcp.connect', object: '127.0.0.1:5544', peer: 'db', image: '/bin/app', verdict: 'shuttled' };
const log = (number: number) => ({
  op: 'file.read',
  object: `/var/log/${number}`,
  peer: 'host',
  image: '/bin/app',
  verdict: 'shuttled',
});

let folder: string;
let recorded: Recorded;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shuttle-report-'));
  const one = writeRun(join(folder, 'a'), {
    id: 'a',
    interactions: [
      { ...tcp, ts: 0 },
      { ...tcp, ts: 5_000_000 },
      { ...log(1), ts: 60_000_000 },
      { op: 'unix.connect', object: '/run/x', verdict: 'blocked', peer: 'host', ts: 119_000_000 },
      {
        op: 'file.write',
        object: '/home/me/f',
        verdict: 'redirected',
        peer: null,
        ts: 120_000_000,
        access: 2,
        detail: '{"existed":true}',
      },
      { op: 'tcp.serve', object: '127.0.0.1:1', verdict: 'passed', peer: 'app', ts: 1 },
      { op: 'unix.connect', object: '/run/bus', verdict: 'shuttled', peer: 'host', rule: 'shuttle:session-bus', ts: 2 },
    ],
  });
  const two = writeRun(join(folder, 'b'), {
    id: 'b',
    complete: false,
    interactions: [
      { ...tcp, ts: 1 },
      { ...log(2), ts: 2 },
      { ...log(3), ts: 3, object: '/etc/new' },
    ],
  });
  recorded = await readRecorded([two, one], RULES);
});
afterAll(() => rmSync(folder, { recursive: true }));

test('crossings are summed up, each with the rule it belongs to; what stays inside and the proxy’s own are left out', () => {
  expect(
    recorded.crossings.map(({ op, place, name, verdict, rule, times, runs }) => [
      op,
      place,
      name,
      verdict,
      rule,
      times,
      runs,
    ]),
  ).toEqual([
    ['file.write', 'host', '/home/me/f', 'redirected', null, 1, 1],
    ['unix.connect', 'host', '/run/x', 'blocked', null, 1, 1],
    ['tcp.connect', 'db', '127.0.0.1:5544', 'shuttled', 'tcp', 3, 2],
    ['file.read', 'host', '/etc/new', 'shuttled', null, 1, 1],
    ['file.read', 'host', '/var/log/1', 'shuttled', 'logs', 1, 1],
    ['file.read', 'host', '/var/log/2', 'shuttled', 'logs', 1, 1],
  ]);
  expect(recorded.crossings[2]).toMatchObject({ class: 'ipc', image: '/bin/app', first: '2026-11-22T10:15:00Z' });
});

test('the curve counts what a rule has once', () => {
  expect(recorded.curve.map(({ run, fresh, known }) => [run, fresh, known])).toEqual([
    ['a', 3, 3],
    ['b', 1, 4],
  ]);
});

test('moments lie in their hundred-and-twentieths', () => {
  const first = recorded.moments.filter(({ run }) => run === 'a');
  expect(first.map(({ bin, verdict, times }) => [bin, verdict, times])).toEqual([
    [0, 'passed', 1],
    [0, 'shuttled', 2],
    [5, 'shuttled', 1],
    [60, 'shuttled', 1],
    [119, 'blocked', 1],
    [119, 'redirected', 1],
  ]);
  expect(first[0]!.span).toBe(120_000_000);
});

test('each rule has its first rows, each run its sums', () => {
  expect(recorded.evidence.map(({ rule, run, seq }) => [rule, run, seq])).toEqual([
    ['logs', 'a', 2],
    ['logs', 'b', 1],
    ['tcp', 'a', 0],
    ['tcp', 'a', 1],
    ['tcp', 'b', 0],
  ]);
  expect(
    recorded.runs.map(({ run, complete, interactions, blocked }) => [run, complete, interactions, blocked]),
  ).toEqual([
    ['a', true, 7, 1],
    ['b', false, 3, 0],
  ]);
});

test('runs in another order give the same', async () => {
  expect(await readRecorded([join(folder, 'a'), join(folder, 'b')], RULES)).toEqual(recorded);
});
