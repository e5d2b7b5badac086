// Runs whose recorder died: whatever was whole on disk is kept, wherever the stream was cut.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Problem } from '../../../native/contract/problem.js';
import { type TableName, VERDICTS } from '../../../native/contract/words.js';
import { batchOfCells, type Cell } from '../../../tracer/record/cells.js';
import { Input } from '../../../tracer/record/input.js';
import { openRun } from '../../../tracer/record/read.js';
import { finishTable, rewriteStreams } from '../../../tracer/record/rewrite.js';
import { beginRun, type RunBeginning, readRunInfo, startOf } from '../../../tracer/record/run_info.js';
import { scanStream } from '../../../tracer/record/scan.js';
import { fieldsOf, TABLE_NAMES } from '../../../tracer/record/schema.js';
import { namesOf, streamFile, TableStream } from '../../../tracer/record/stream.js';
import { rowsOf, streamRows, tableOf, temporary } from './folders.js';

const BEGUN: RunBeginning = {
  shuttle: '0.1.0',
  id: '20261122T101500Z-7f3a',
  system: 'orders',
  mode: 'allow',
  started: '2026-11-22T10:15:00.000Z',
  host: { kernel: '6.18.44', machine: 'x86_64' },
  vms: {},
};

/** Streams as a recorder leaves them: `batches` of two rows, each with a new object. */
function stream(folder: string, batches: number, end: boolean): void {
  for (const table of TABLE_NAMES) {
    const open = new TableStream(streamFile(folder, table), table);
    if (table === 'interactions') for (let at = 0; at < batches; at++) open.write(interactions(at), newNames(at));
    if (end) open.end();
    open.close();
  }
}

function interactions(batch: number) {
  const rows = [0, 1].map((row) => {
    const cells: Cell[] = fieldsOf('interactions').map((field) => (field.nullable ? null : 0));
    const at = (name: string) => fieldsOf('interactions').findIndex((field) => field.name === name);
    cells[at('seq')] = batch * 2 + row;
    cells[at('ts')] = (batch * 2 + row) * 1_000_000;
    cells[at('object')] = batch;
    cells[at('source')] = row * 2; // engine, agent
    return cells;
  });
  return batchOfCells(fieldsOf('interactions'), rows);
}

function newNames(batch: number) {
  const column = (name: string) => fieldsOf('interactions').findIndex((field) => field.name === name);
  const object = { column: column('object'), ...namesOf([`/object/${batch}`]) };
  return batch === 0 ? [{ column: column('vm'), ...namesOf(['app']) }, object] : [object];
}

const file = (folder: string, table: TableName, end: string): string => join(folder, `${table}.${end}`);

async function problemOf(promise: Promise<unknown>): Promise<Problem | undefined> {
  return promise.then(
    () => undefined,
    (error: { problem: Problem }) => error.problem,
  );
}

describe('a stream that was cut', () => {
  test('keeps its whole batches, at every byte', () => {
    const folder = temporary();
    stream(folder, 3, true);
    const path = file(folder, 'interactions', 'arrows');
    const bytes = readFileSync(path);
    for (let length = bytes.length; length >= 0; length--) {
      truncateSync(path, length);
      const input = new Input(path);
      const { torn, batches } = scanStream(input, 'interactions');
      input.close();
      const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
      expect([torn, rows]).toEqual([length < bytes.length, streamRows(bytes.subarray(0, length))]);
    }
  }, 120_000);

  test('becomes a whole file', () => {
    const whole = temporary();
    stream(whole, 3, true);
    const bytes = readFileSync(file(whole, 'interactions', 'arrows'));
    const folder = temporary();
    for (let length = bytes.length; length >= 0; length -= 89) {
      writeFileSync(file(folder, 'interactions', 'arrows'), bytes.subarray(0, length));
      expect(finishTable(folder, 'interactions')).toBe(length < bytes.length);
      const rows = rowsOf(folder, 'interactions');
      expect(rows.length).toBe(streamRows(bytes.subarray(0, length)));
      for (const [at, row] of rows.entries())
        expect(row).toMatchObject({ seq: BigInt(at), vm: 'app', object: `/object/${at >> 1}`, verdict: VERDICTS[0] });
      rmSync(file(folder, 'interactions', 'arrow'));
    }
  });

  test('ends where its bytes stop making sense', () => {
    const whole = temporary();
    stream(whole, 3, true);
    const bytes = readFileSync(file(whole, 'interactions', 'arrows'));
    const folder = temporary();
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        rmSync(file(folder, 'interactions', 'arrow'), { force: true });
        const damaged = Buffer.from(bytes);
        damaged[at]! ^= flip;
        writeFileSync(file(folder, 'interactions', 'arrows'), damaged);
        try {
          finishTable(folder, 'interactions');
          expect(tableOf(folder, 'interactions').numRows).toBeLessThanOrEqual(6);
        } catch (error) {
          expect((error as { problem?: Problem }).problem?.code).toBe('RUN_UNREADABLE');
          expect(existsSync(file(folder, 'interactions', 'arrows'))).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a run whose recorder died', () => {
  function died(batches: number): string {
    const folder = temporary();
    beginRun(folder, BEGUN);
    // As another process would have left it, which is gone.
    const info = { ...readRunInfo(folder), recorder: { pid: process.pid, start: 'long ago' } };
    writeFileSync(join(folder, 'run.json'), JSON.stringify(info));
    stream(folder, batches, false);
    return folder;
  }

  test('is finished when it is met, and marked', async () => {
    const folder = died(4);
    truncateSync(
      file(folder, 'interactions', 'arrows'),
      readFileSync(file(folder, 'interactions', 'arrows')).length - 1,
    );
    const info = await openRun(folder);
    const line = { seen: 3, stored: 3, lost: 0 };
    expect(info).toMatchObject({
      outcome: 'torn',
      complete: false,
      duration_ms: 5,
      ledger: { engine: line, agent: line },
    });
    expect(info.recorder).toBeUndefined();
    expect(rowsOf(folder, 'interactions').length).toBe(6);
    expect(existsSync(file(folder, 'interactions', 'arrows'))).toBe(false);
    expect(await openRun(folder)).toEqual(info);
  });

  test('is finished without its run.json', async () => {
    const system = join(temporary(), 'orders');
    cpSync(died(2), join(system, BEGUN.id), { recursive: true });
    writeFileSync(join(system, BEGUN.id, 'run.json'), '');
    expect(await problemOf(openRun(join(system, BEGUN.id)))).toMatchObject({ code: 'RUN_UNREADABLE' });
    rmSync(join(system, BEGUN.id, 'run.json'));
    const info = await openRun(join(system, BEGUN.id));
    expect(info).toMatchObject({ id: BEGUN.id, system: 'orders', outcome: 'torn', started: BEGUN.started });
    expect(rowsOf(join(system, BEGUN.id), 'interactions').length).toBe(4);
  });

  test('is finished once by many at a time, and what they left behind is swept', async () => {
    const folder = died(20);
    writeFileSync(join(folder, 'interactions.arrow.999999999.part'), 'half');
    const script = fileURLToPath(new URL('./finish_child.mjs', import.meta.url));
    const children = [1, 2, 3, 4, 5, 6].map(() => spawn(process.execPath, [script, folder], { stdio: 'inherit' }));
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]));
    expect(codes).toEqual([0, 0, 0, 0, 0, 0]);
    expect(rowsOf(folder, 'interactions').length).toBe(40);
    expect(readdirSync(folder).sort()).toEqual(['interactions.arrow', 'payloads.arrow', 'processes.arrow', 'run.json']);
  });

  test('is not touched while its recorder lives', async () => {
    const folder = died(1);
    const info = { ...readRunInfo(folder), recorder: { pid: process.ppid, start: startOf(process.ppid) } };
    writeFileSync(join(folder, 'run.json'), JSON.stringify(info));
    expect(await problemOf(openRun(folder))).toEqual({ code: 'RUN_STILL_RECORDED', folder, pid: process.ppid });
    expect(existsSync(file(folder, 'interactions', 'arrows'))).toBe(true);
  });

  test('is finished though nobody has waited for its dead recorder', async () => {
    const folder = died(1);
    // The inner shell ends at a word; the outer one has become a program that never waits for it.
    const script = "sh -c 'echo $$; read word' <&3 & exec sleep 1000";
    const outer = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore', 'pipe'] });
    const pid = Number(String((await once(outer.stdout as NodeJS.ReadableStream, 'data'))[0]));
    const info = { ...readRunInfo(folder), recorder: { pid, start: startOf(pid) } };
    writeFileSync(join(folder, 'run.json'), JSON.stringify(info));
    expect(info.recorder.start).not.toBe(null);
    (outer.stdio[3] as NodeJS.WritableStream).end('over\n');
    const state = () => readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.[0];
    while (state() !== 'Z') await new Promise((resolve) => setTimeout(resolve, 5));
    await openRun(folder);
    outer.kill('SIGKILL');
    expect(readRunInfo(folder)).toMatchObject({ outcome: 'torn', complete: false });
  });
});

describe('files that are no run', () => {
  test.each<[string, (folder: string) => void, Partial<Problem>]>([
    ['an empty folder', () => {}, { code: 'RUN_NOT_A_RUN' }],
    [
      'a newer format',
      (folder) => writeFileSync(join(folder, 'run.json'), '{"format":2}'),
      { code: 'RUN_FORMAT', format: '2' },
    ],
    ['no JSON', (folder) => writeFileSync(join(folder, 'run.json'), 'x'), { code: 'RUN_UNREADABLE' }],
    [
      'a foreign stream',
      (folder) => foreign(folder, 'arrows', Buffer.from('not arrow at all')),
      { code: 'RUN_UNREADABLE' },
    ],
    ['another table', (folder) => otherTable(folder), { code: 'RUN_UNREADABLE' }],
    [
      'a foreign file',
      (folder) => foreign(folder, 'arrow', Buffer.from('PAR1 not arrow at all')),
      { code: 'RUN_UNREADABLE' },
    ],
    ['an empty file', (folder) => foreign(folder, 'arrow', Buffer.alloc(0)), { code: 'RUN_UNREADABLE' }],
  ])('%s', async (_, make, problem) => {
    const folder = temporary();
    make(folder);
    expect(await problemOf(openRun(folder))).toMatchObject(problem);
  });

  test('a file cut anywhere', async () => {
    const folder = temporary();
    finished(folder);
    stream(folder, 2, true);
    rewriteStreams(folder);
    const path = file(folder, 'interactions', 'arrow');
    const bytes = readFileSync(path);
    for (let length = 0; length < bytes.length; length += 37) {
      writeFileSync(path, bytes.subarray(0, length));
      expect(await problemOf(openRun(folder))).toMatchObject({ code: 'RUN_UNREADABLE', file: path });
    }
  });
});

function finished(folder: string): void {
  beginRun(folder, BEGUN);
  const { recorder: _, ...info } = readRunInfo(folder);
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...info, outcome: 'ok', complete: true }));
}

function foreign(folder: string, end: string, bytes: Buffer): void {
  finished(folder);
  writeFileSync(file(folder, 'interactions', end), bytes);
}

function otherTable(folder: string): void {
  finished(folder);
  stream(folder, 1, true);
  cpSync(file(folder, 'interactions', 'arrows'), file(folder, 'payloads', 'arrows'));
}
