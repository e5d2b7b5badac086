// What the native recorder loses, and that it says so: without a writer, on a full disk, after kill -9.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { addon } from '../../../native/engine.js';
import { openRun } from '../../../tracer/record/read.js';
import { Recorder } from '../../../tracer/record/recorder.js';
import { ROW, rowsOf, streamRows, temporary, total, until } from './folders.js';

describe('loss is counted', () => {
  test('where the writer cannot begin', async () => {
    const folder = join(temporary(), 'missing');
    const recorder = await Recorder.open(folder, { slots: 2, rows: 64 });
    const { kept } = await recorder.native.selfTest({ rows: 5000, threads: 3, payload: 8 });
    const ledger = await recorder.close();
    expect(kept).toBeLessThan(5000);
    expect([ledger.engine.seen + ledger.agent.seen, ledger.engine.stored, ledger.engine.lost]).toEqual([
      5000,
      0,
      ledger.engine.seen,
    ]);
    expect(recorder.complete).toBe(false);
    expect(recorder.problems[0]).toMatchObject({ code: 'RECORD_FAILED' });
  });

  test('where the writer is gone', async () => {
    const recorder = await Recorder.open(temporary(), { slots: 2, rows: 64 });
    recorder.native.abandon();
    expect(recorder.native.record(ROW)).toBeNull();
    const ledger = await recorder.close();
    expect(ledger.engine).toEqual({ seen: 1, stored: 0, lost: 1 });
    expect(recorder.complete).toBe(false);
  });

  test('where nobody ever writes, once that is known', async () => {
    const native = new (addon().NativeRecorder)({ slots: 2, rows: 64 });
    const load = native.selfTest({ rows: 1000, threads: 4 });
    await until(() => native.ledger().ledger.engine.seen + native.ledger().ledger.agent.seen >= 128);
    native.abandon();
    const { kept } = await load;
    const { ledger } = native.ledger();
    expect(kept).toBe(128);
    expect([total(ledger), ledger.engine.lost + ledger.agent.lost]).toEqual([1000, 1000]);
  });

  test('where the names grow beyond what a column can hold', async () => {
    const folder = temporary();
    const recorder = await Recorder.open(folder, { maxNameBytes: 100 });
    for (let at = 0; at < 10; at++) recorder.native.record({ ...ROW, object: `${at}`.repeat(30), image: `/bin/${at}` });
    const last = recorder.native.record({ ...ROW, object: '0'.repeat(30) });
    const ledger = await recorder.close();
    expect([last, ledger.engine]).toEqual([3, { seen: 11, stored: 4, lost: 7 }]);
    expect(rowsOf(folder, 'interactions').map((row) => row.seq)).toEqual([0n, 1n, 2n, 3n]);
    expect(rowsOf(folder, 'interactions').at(-1)).toMatchObject({ object: '0'.repeat(30), image: null });
  });

  test('after the close', async () => {
    const recorder = await Recorder.open(temporary());
    await recorder.close();
    expect(recorder.native.record(ROW)).toBeNull();
    expect(recorder.native.ledger().ledger.engine).toEqual({ seen: 1, stored: 0, lost: 1 });
  });
});

// A file system of half a megabyte, in a mount namespace of the test's own.
const SMALL_DISK = 'mount -t tmpfs -o size=512k none "$0" && exec "$@"';
const mountable = spawnSync('unshare', ['-rm', 'true']).status === 0;
const script = fileURLToPath(new URL('./record_child.mjs', import.meta.url));

describe.runIf(mountable)('a full disk (skipped where the test may not mount: needs user namespaces)', () => {
  test('ends the record, not the run', async () => {
    const folder = temporary();
    const out = join(temporary(), 'copy');
    mkdirSync(out);
    const args = ['-rm', 'sh', '-c', SMALL_DISK, folder, process.execPath, script, folder, '20000', 'copy', out];
    const child = spawnSync('unshare', args, { encoding: 'utf8' });
    expect(child.stderr).toBe('');
    const { ledger, complete, problems, kept } = JSON.parse(child.stdout);
    expect(problems[0]).toMatchObject({ code: 'RECORD_FAILED' });
    expect([complete, total(ledger)]).toEqual([false, 20_000]);
    const stored = ledger.engine.stored + ledger.agent.stored;
    expect(stored).toBeGreaterThan(0);
    expect(stored).toBeLessThanOrEqual(kept);
    expect(streamRows(readFileSync(join(out, 'interactions.arrows')))).toBe(stored);
    expect((await openRun(out)).complete).toBe(false);
    expect(rowsOf(out, 'interactions').length).toBe(stored);
  });
});

test('kill -9 leaves a run that is finished when it is met', async () => {
  const folder = temporary();
  const child = spawn(process.execPath, [script, folder, '300', 'wait'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const info = await openRun(folder);
  const line = { seen: 200, stored: 200, lost: 0 };
  expect(info).toMatchObject({
    outcome: 'torn',
    complete: false,
    ledger: { engine: line, agent: { ...line, seen: 100, stored: 100 } },
  });
  expect(rowsOf(folder, 'interactions').length).toBe(300);
});
