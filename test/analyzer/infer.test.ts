import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inferRules } from '../../analyzer/infer.js';
import { type RunGiven, writeRun } from './write_run.js';

let base = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'infer-'));
});
afterEach(() => rmSync(base, { recursive: true }));

const runs = (...given: RunGiven[]): string[] =>
  given.map((run, at) => writeRun(join(base, String(at)), { id: `r${at}`, ...run }));

test('an endpoint becomes a rule with its support', async () => {
  const connect = { object: '127.0.0.1:5544', peer: 'db' };
  const folders = runs(
    { interactions: [{ ...connect, ts: 1_500_000_000 }, { ...connect, ts: 2e9, status: 111 }] },
    { started: '2026-11-22T11:00:00.000Z', interactions: [connect] },
    {},
  );
  const { rules } = await inferRules(folders);
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
