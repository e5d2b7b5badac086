// `why` as it is called, over recorded runs.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeRun } from '../analyzer/write_run.js';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shuttle-why-'));
  writeFileSync(
    join(folder, 'orders.shuttle.yaml'),
    [
      'shuttle: 1',
      'system: orders',
      'main: app',
      'vms: { app: { program: [/bin/app] }, db: { program: [/bin/db] } }',
      'rules:',
      '  - { id: own, allow: unix.connect, from: app, to: db, object: "{temp}/own-{pid}" }',
      '  - { id: db, allow: tcp.connect, from: app, to: db, object: "127.0.0.1:5544", state: accepted }',
    ].join('\n'),
  );
  const row = (object: string, more = {}) => ({ op: 'unix.connect', object, peer: 'db', image: '/bin/app', ...more });
  writeRun(join(folder, '.shuttle/runs/orders/20261122T101500Z-0001'), {
    interactions: [
      row('/tmp/own-2'),
      row('/tmp/own-3'),
      row('127.0.0.1:5544', { op: 'tcp.connect', rule: 'db' }),
      row('/tmp/mine', { peer: 'app', verdict: 'passed' }),
    ],
    processes: [{ ended: null }],
    vms: { app: { program: ['/bin/app'], exit_code: 0, variables: { temp: '/tmp' } } },
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

function why(...args: string[]) {
  const done = spawnSync(process.execPath, [main, 'why', 'orders.shuttle.yaml', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { code: done.status, stdout: done.stdout, stderr: done.stderr };
}

test('the deciding rule, its evidence and how to have it otherwise', () => {
  const done = why('app may tcp.connect db 127.0.0.1:5544');
  expect(done).toMatchObject({ code: 0, stderr: '' });
  expect(done.stdout.split('\n')).toEqual([
    'allowed: app may tcp.connect db 127.0.0.1:5544',
    'by rule db (accepted)',
    '  app talks to db over TCP 5544, in no recorded run; whether it is needed is not known',
    'evidence:',
    expect.stringMatching(/^ {2}2026-11-22T10:15:00Z {2}20261122T101500Z-0001 #2 {2}shuttled {2}\/bin\/app/),
    expect.stringMatching(/^to block it: shuttle review \/.*orders.shuttle.yaml --refuse 'id=db'$/),
    '',
  ]);
});

test('the nearest rule and the difference', () => {
  const done = why('app may tcp.connect db 127.0.0.1:5545', '--json');
  expect(done.code).toBe(1);
  const [near] = JSON.parse(done.stdout).nearest;
  expect(near).toMatchObject({
    rule: 'db',
    differences: [{ key: 'object', says: expect.stringContaining('after "127.0.0.1:554"') }],
  });
});

test('an interaction of a run, with the values of that run', () => {
  expect(JSON.parse(why('--run', '20261122T101500Z-0001', '--seq', '0', '--json').stdout)).toMatchObject({
    allowed: true,
    rule: { id: 'own' },
    recorded: { run: '20261122T101500Z-0001', seq: 0, verdict: 'shuttled', rule: null },
  });
  const other = why('--run', '20261122T101500Z-0001', '--seq', '1');
  expect(other).toMatchObject({ code: 1, stdout: expect.stringContaining('where {pid} is 3') });
});

test.each([
  ['of a run', ['--run', '20261122T101500Z-0001', '--seq', '3']],
  ['asked about', ['app may unix.connect app /tmp/mine']],
])('an interaction within a VM, %s, needs no rule', (_, args) => {
  const { code, stdout } = why(...args);
  expect(stdout).toMatch(/^allowed: app.* may unix.connect app \/tmp\/mine\n/);
  expect(stdout).toContain('it stays inside its VM, where no rule is asked');
  expect(stdout).not.toContain('add under rules');
  expect(code).toBe(0);
});

test.each<[string[], number, string]>([
  [[], 2, 'either a question is wanted, or --run and --seq'],
  [['app may x', '--seq', '1'], 2, 'either a question'],
  [['--run', 'x'], 2, 'either a question'],
  [['app may fly x'], 2, 'fly is no operation'],
  [['who may file.read x'], 2, 'known are app, db'],
  [['--run', '20261122T101500Z-0001', '--seq', '99'], 125, 'no interaction has the number 99'],
  [['--run', 'nowhere', '--seq', '99'], 125, 'no such run'],
])('%j: %i', (args, code, text) => expect(why(...args)).toMatchObject({ code, stderr: expect.stringContaining(text) }));
