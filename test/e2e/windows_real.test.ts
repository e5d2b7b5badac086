// Real Windows programs: Node for Windows at both ends of a pipe, and PostgreSQL for Windows, whose inner names stay inside.
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fetchPrograms } from '../../scripts/fetch_programs.mjs';
import { Lab, PEOPLE, type Ran } from './lab.js';
import { expectRules, lacking, lines, rulesFor, words } from './windows_fixtures.js';

const repository = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const PIPE = '\\\\.\\pipe\\lab-node';
const ECHOED = ['connected', 'echo: same'];
const GONE = ['error ENOENT'];

/** Why the programs are not here: whoever has no network and has not fetched them before. */
function lackingPrograms(): string {
  const folder = mkdtempSync(join(tmpdir(), 'shuttle-real-'));
  try {
    fetchPrograms('orders', folder);
    return '';
  } catch (error) {
    return `the programs cannot be fetched: ${(error as Error).message}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const lack = lacking || lackingPrograms();
const why = lack === '' ? '' : ` (skipped: ${lack})`;

function newLab(): Lab {
  const lab = new Lab(PEOPLE[0] as (typeof PEOPLE)[number], false);
  lab.patience = 300_000;
  fetchPrograms('orders', join(lab.folder, 'lab'));
  return lab;
}

function expectNoLoss(ran: Ran): void {
  const { ledger } = JSON.parse(readFileSync(join(ran.run, 'run.json'), 'utf8')) as {
    ledger: Record<string, { lost: number }>;
  };
  expect(Object.values(ledger).map(({ lost }) => lost)).toEqual([0, 0, 0]);
}

describe.skipIf(lack !== '')(`Node for Windows and its pipes${why}`, () => {
  let one: Lab, two: Lab;
  let alone: Ran, learnt: Ran, ruled: Ran, without: Ran, denied: Ran;
  let rules: Record<string, unknown>[];
  const inVm = (program: string) => `
    windows: win10
    mounts: { 'C:\\node': ./programs/node-windows, 'C:\\app': '${repository('fixtures/programs/node')}' }
    cwd: 'C:\\app'
    program: ${program}`;
  const NODE = 'C:\\node\\node.exe';

  beforeAll(() => {
    one = newLab();
    two = newLab();
    const both = `start /b ${NODE} pipe_server.cjs ${PIPE} 1 & ${NODE} pipe_client.cjs ${PIPE} patient`;
    one.system(`
shuttle: 1
system: lab
main: one
vms:
  one: ${inVm(words('C:\\windows\\system32\\cmd.exe', '/c', both))}
`);
    two.system(`
shuttle: 1
system: lab
main: client
vms:
  server: ${inVm(words(NODE, 'pipe_server.cjs', PIPE, '2'))}
    ready: 'pipe.serve ${PIPE}'
  client: ${inVm(words(NODE, 'pipe_client.cjs', PIPE))}
    after: [server]
`);
    alone = one.shuttle('learn', '--ephemeral');
    learnt = two.shuttle('learn', '--ephemeral');
    rules = rulesFor(two, /^pipe\./);
    ruled = two.shuttle('run', '--ephemeral');
    two.without((rule) => rule.allow === 'pipe.connect');
    without = two.shuttle('run', '--ephemeral');
    denied = two.shuttle('learn', '--deny', '--ephemeral', '-o', `${two.file}.denied`);
  }, 900_000);
  afterAll(() => {
    one?.end();
    two?.end();
  });
  const connects = (ran: Ran) => ran.rows.filter((row) => row.op === 'pipe.connect' && row.object === PIPE);

  test('are its own inside one VM, and seen', () => {
    expect(lines(alone)).toEqual(expect.arrayContaining(ECHOED));
    expect(connects(alone)).toContainEqual(
      expect.objectContaining({ verdict: 'passed', source: 'agent', peer: 'one' }),
    );
  });

  test('are carried while learning', () => {
    expect(lines(learnt)).toEqual(ECHOED);
    expect(connects(learnt)).toEqual([
      expect.objectContaining({ vm: 'client', verdict: 'shuttled', peer: 'server', source: 'engine' }),
    ]);
    expect(rules).toEqual([{ allow: 'pipe.connect', from: 'client', to: 'server', object: PIPE }]);
  });

  test('work under what was learnt', () => {
    expect(lines(ruled)).toEqual(ECHOED);
    expect(connects(ruled)).toEqual([expect.objectContaining({ verdict: 'shuttled', rule: expect.any(String) })]);
  });

  test('are not there without the rule, nor where all is denied', () => {
    for (const ran of [without, denied]) {
      expect(lines(ran)).toEqual(GONE);
      expect(connects(ran)).toEqual([expect.objectContaining({ verdict: 'blocked', peer: 'server' })]);
    }
  });

  test('nothing was lost', () => [alone, learnt, ruled, without, denied].forEach(expectNoLoss));
});

describe.skipIf(lack !== '')(`PostgreSQL for Windows${why}`, () => {
  let lab: Lab;
  let ran: Ran;

  beforeAll(() => {
    lab = newLab();
    for (const name of ['app', 'check.mjs'])
      cpSync(repository(`fixtures/systems/orders/${name}`), join(lab.folder, 'lab', name), { recursive: true });
    lab.system(
      readFileSync(repository('fixtures/systems/orders/orders.shuttle.yaml'), 'utf8').replace(
        'system: orders',
        'system: lab',
      ),
    );
    ran = lab.shuttle('learn', '--ephemeral');
  }, 1_800_000);
  afterAll(() => lab?.end());

  test('serves the other VM, which needs its address and nothing else', async () => {
    expect(lines(ran)).toContain('orders: 4 written, totals Ada 2900, Grace 1200, Žofie 999');
    const rules = rulesFor(lab, /./);
    await expectRules(rules, '../../../systems/orders/orders');
    expect(rules.filter(({ to }) => to === 'host')).toEqual([]);
  });

  test.each([
    ['pipe.serve', /^\\\\\.\\pipe\\pgsignal_\d+$/],
    ['pipe.connect', /^\\\\\.\\pipe\\pgsignal_\d+$/],
    ['memory.create', /^Local\\Global\/PostgreSQL:/],
    ['memory.open', /^Local\\Global\/PostgreSQL\.\d+$/],
    ['event.create', /^Local\\pgident\(\d+\): postgres: checkpointer/],
  ])('its %s is seen, and stays inside', (op, object) => {
    const seen = ran.rows.filter((row) => row.op === op && object.test(row.object));
    expect(seen).not.toEqual([]);
    for (const row of seen) expect(row).toMatchObject({ vm: 'db', peer: 'db', verdict: 'passed', source: 'agent' });
  });

  test('nothing but its address crosses', () => {
    const crossed = ran.rows.filter((row) => row.verdict === 'shuttled' && row.peer !== 'host');
    expect(new Set(crossed.map((row) => `${row.vm} ${row.op} ${row.object}`))).toEqual(
      new Set(['app tcp.connect 127.0.0.1:5544']),
    );
  });

  test('nothing was lost', () => expectNoLoss(ran));
});
