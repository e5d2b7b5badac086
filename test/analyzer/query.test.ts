import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { queryRuns } from '../../analyzer/query.js';
import { explain } from '../../native/contract/explain.js';
import type { ShuttleError } from '../../native/contract/problem.js';
import { writeRun } from './write_run.js';

let base = '';
let runs: string[] = [];

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'query-'));
  runs = [
    writeRun(join(base, 'two'), {
      id: 'r2',
      interactions: [{ object: 'db:5432', op: 'tcp.connect', peer: 'db', parent: 7, detail: '{"bytes_out":3}' }],
    }),
    writeRun(join(base, 'one'), {
      id: 'r1',
      interactions: [
        { object: '/etc/ld.so.cache', op: 'file.read', verdict: 'passed', image: '/bin/app' },
        { object: 'o\'brien\n{"x"}', op: 'unix.connect', verdict: 'absent', status: 2 },
        { object: 'x'.repeat(32768), op: 'mutex.open', verdict: 'blocked' },
      ],
      payloads: [{ channel: 1, ts: 5, direction: 1, size: 3, bytes: new Uint8Array([1, 65, 255]) }],
      processes: [{ pid: 100, vm_pid: 2, image: null, argv: '["a b"]', started: 3, ended: null, exit: -9 }],
    }),
    writeRun(join(base, 'zero'), { id: 'r0' }),
  ];
});
afterAll(() => rmSync(base, { recursive: true }));

test.each<[string, unknown[][]]>([
  [
    'select run, complete, mode from runs order by run',
    [
      ['r0', true, 'allow'],
      ['r1', true, 'allow'],
      ['r2', true, 'allow'],
    ],
  ],
  [
    'select run, count(*) as n from interactions group by run order by run',
    [
      ['r1', 3],
      ['r2', 1],
    ],
  ],
  [`select object, noise from interactions where run = 'r1' and seq = 0`, [['/etc/ld.so.cache', 'loader']]],
  [
    `select object, status, image, noise from interactions where verdict = 'absent'`,
    [['o\'brien\n{"x"}', 2, null, null]],
  ],
  [`select length(object) from interactions where op = 'mutex.open'`, [[32768]]],
  [`select peer, parent, channel, detail from interactions where run = 'r2'`, [['db', 7, null, '{"bytes_out":3}']]],
  ['select * from payloads', [['r1', 1, 5, 1, 3, '\\x01A\\xFF']]],
  ['select run, image, argv, started, ended, exit from processes', [['r1', null, '["a b"]', 3, null, -9]]],
  ['select 18446744073709551615::ubigint as big, 1.5 as half, [1, 2] as list', [['18446744073709551615', 1.5, [1, 2]]]],
  ['create temp table t as select 3 as x; select x from t', [[3]]],
  ["select 1; select ';'; select 2 -- the last", [[2]]],
  ['select * from interactions where false', []],
  [
    `select from_vm, to_place, op, name, needed from dependencies where name = 'db:5432'`,
    [['app', 'db', 'tcp.connect', 'db:5432', 'optional']],
  ],
  ['select from_vm, to_vm, worked from edges', [['app', 'db', true]]],
])('%s', async (sql, rows) => {
  expect((await queryRuns(runs, sql)).rows).toEqual(rows);
});

test('the columns are the published ones, after the run', async () => {
  const { columns } = await queryRuns(runs, 'select * from interactions');
  expect(columns.join(' ')).toBe(
    'run seq ts vm pid tid image op object effective peer peer_image access verdict status rule latency parent channel source detail noise',
  );
});

test('DuckDB says what is wrong with a query', async () => {
  await expect(queryRuns(runs, 'selekt 1')).rejects.toMatchObject({ problem: { code: 'QUERY_FAILED', rules: false } });
  const asked = queryRuns(runs, 'select * from rule_rows');
  await expect(asked.catch((error: ShuttleError) => explain(error.problem).hint)).resolves.toContain('--system');
});

test('rules of a system file are tables too, with the rows that justify them', async () => {
  const rule = {
    id: 'a',
    allow: 'tcp.connect',
    from: 'app',
    to: 'db',
    object: 'DB:{uint}',
    state: 'accepted',
  } as const;
  const other = { ...rule, id: 'b', allow: ['tcp.connect', 'udp.send'], object: '{rest}' } as const;
  const sql =
    'select id, allow, rule_rows.run, rule_rows.seq, phases.phase from rules left join rule_rows on rule = id left join phases on phases.rule = id order by id';
  expect((await queryRuns(runs, sql, [rule, other])).rows).toEqual([
    ['a', ['tcp.connect'], 'r2', 0, 'throughout'],
    ['b', ['tcp.connect', 'udp.send'], null, null, null],
  ]);
});
