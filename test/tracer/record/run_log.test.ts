// run.json through the life of a run.
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openRun } from '../../../tracer/record/read.js';
import { readRunInfo } from '../../../tracer/record/run_info.js';
import { openRunLog } from '../../../tracer/record/run_log.js';
import { temporary } from './folders.js';

const BEGINNING = {
  shuttle: '0.1.0',
  id: '20261122T101500Z-7f3a',
  system: 'orders',
  mode: 'deny' as const,
  started: '2026-11-22T10:15:00.000Z',
  host: { kernel: '6.18.44', wine: '8.0', machine: 'x86_64' },
  vms: {},
};
const NOTE = { program: ['node', 'orders.js'], windows: 'win10', variables: { user: 'root' } };

test('says torn while the run goes on, and what became of it at the end', async () => {
  const folder = temporary();
  const log = await openRunLog(folder, BEGINNING);
  log.began('app', NOTE);
  log.recorder.native.record({ vm: 'app', op: 'file.read', object: '/x', verdict: 'blocked', source: 'seen' });
  expect(readRunInfo(folder)).toMatchObject({
    outcome: 'torn',
    complete: false,
    vms: { app: { program: NOTE.program } },
  });
  log.exited('app', 3);
  expect(await log.finish({ outcome: 'failed', exitCode: 3, durationMs: 1234 })).toEqual({
    complete: true,
    problems: [],
  });
  expect(await openRun(folder)).toEqual({
    ...BEGINNING,
    format: 1,
    duration_ms: 1234,
    outcome: 'failed',
    exit_code: 3,
    complete: true,
    vms: { app: { ...NOTE, exit_code: 3 } },
    ledger: {
      engine: { seen: 1, stored: 1, lost: 0 },
      agent: { seen: 0, stored: 0, lost: 0 },
      dock: { seen: 0, stored: 0, lost: 0 },
    },
  });
  expect(readdirSync(folder).sort()).toEqual(['interactions.arrow', 'payloads.arrow', 'processes.arrow', 'run.json']);
});
