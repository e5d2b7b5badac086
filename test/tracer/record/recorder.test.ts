// The native recorder with its writing thread: what threads record is on disk, counted, in order, and valid text.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NativeRow } from '../../../native/recorder.js';
import { benchRecorder } from '../../../tracer/record/bench.js';
import { Recorder } from '../../../tracer/record/recorder.js';
import { ROW, rowsOf, streamRows, tableOf, temporary, total, until } from './folders.js';

describe('the recorder', () => {
  test.each([
    { rows: 0, threads: 1, names: 1 },
    { rows: 1, threads: 1, names: 1 },
    { rows: 100_000, threads: 4, names: 5000, detail: 100, payload: 300 },
    { rows: 100_000, threads: 8, names: 100_000 },
  ])('loses nothing of $rows rows from $threads threads', async (load) => {
    const folder = temporary();
    const recorder = await Recorder.open(folder, { slots: 3, rows: 1024 });
    const { kept } = await recorder.native.selfTest(load);
    const ledger = await recorder.close();
    expect([kept, total(ledger), recorder.complete, recorder.problems]).toEqual([load.rows, load.rows, true, []]);
    const table = tableOf(folder, 'interactions');
    expect(table.numRows).toBe(load.rows);
    const seqs = [...(table.getChild('seq') ?? [])];
    expect(seqs.every((seq, at) => seq === BigInt(at))).toBe(true);
    expect(new Set(table.getChild('object') ?? []).size).toBe(load.rows === 0 ? 0 : load.names);
    expect(tableOf(folder, 'payloads').numRows).toBe(load.payload ? Math.ceil(load.rows / 16) : 0);
  });

  test('keeps every column of a row', async () => {
    const folder = temporary();
    const recorder = await Recorder.open(folder);
    const row: NativeRow = {
      vm: 'app',
      pid: 7,
      tid: 8,
      image: '/bin/sh',
      op: 'unix.connect',
      object: '@x',
      effective: '/run/x',
      peer: 'db',
      peer_image: '/bin/db',
      access: 3,
      verdict: 'shuttled',
      status: -5,
      rule: 'app-db',
      latency: 12n,
      parent: 0,
      channel: 4_000_000_000,
      source: 'dock',
      detail: '{"argv":["a"]}',
    };
    expect(recorder.native.record(row)).toBe(0);
    expect(recorder.native.record(ROW)).toBe(1);
    const ledger = await recorder.close();
    expect(rowsOf(folder, 'interactions')).toMatchObject([
      { ...row, seq: 0n, parent: 0n },
      {
        seq: 1n,
        image: null,
        effective: null,
        peer: null,
        peer_image: null,
        rule: null,
        parent: null,
        channel: null,
        detail: null,
      },
    ]);
    expect(ledger).toMatchObject({ engine: { seen: 1, stored: 1 }, dock: { seen: 1, stored: 1 }, agent: { seen: 0 } });
  });

  test('makes text of whatever bytes a program uses as a name', async () => {
    const folder = temporary();
    const recorder = await Recorder.open(folder);
    const names = fc.sample(fc.uint8Array({ maxLength: 60 }), 500).map((bytes) => Buffer.from(bytes));
    names.push(Buffer.from([0]), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from([0xc0, 0xaf]), Buffer.from('ÿ€😀\\x41'));
    for (const object of names) recorder.native.record({ ...ROW, object });
    await recorder.close();
    expect(rowsOf(folder, 'interactions').map((row) => row.object)).toEqual(names.map(escaped));
  });

  test('cuts names and details that have no end, and says so', async () => {
    const folder = temporary();
    const recorder = await Recorder.open(folder);
    recorder.native.record({ ...ROW, object: 'x'.repeat(32768), detail: `{"a":"${'é'.repeat(20_000)}"}` });
    recorder.native.record({
      ...ROW,
      object: `/${'é'.repeat(20_000)}`,
      detail: `{"a":"${'"\\\u0001'.repeat(50_000)}"}`,
    });
    recorder.native.record({
      ...ROW,
      object: Buffer.alloc(20_000, 0xff),
      detail: Buffer.from('{"a":"\xff"}', 'latin1'),
    });
    await recorder.close();
    const [whole, cut, wild] = rowsOf(folder, 'interactions') as { object: string; detail: string }[];
    expect(whole?.object).toBe('x'.repeat(32768));
    expect(JSON.parse(whole?.detail ?? '')).toEqual({ a: 'é'.repeat(20_000) });
    expect(cut?.object).toMatch(/^\/é+…\+7234$/);
    expect(JSON.parse(cut?.detail ?? '')).toMatchObject({ cut: 150_008, head: expect.stringMatching(/^\{"a":"/) });
    expect(wild?.object).toBe(`${'\\xff'.repeat(8192)}…+11808`);
    expect(JSON.parse(wild?.detail ?? '')).toEqual({ a: '\\xff' });
  });

  test('holds details to JSON, which queries rely on', async () => {
    const folder = temporary();
    const recorder = await Recorder.open(folder);
    const good = fc.sample(fc.json(), 300).map((value) => `{"a": ${value}}`);
    good.push('{}', ' {"a":[1e9,-0.5,true,null,"\\ud83d\\ude00"]}\n');
    const bad = [
      '{',
      '{"a":01}',
      '[]',
      '1',
      '{"a":"\\ud800"}',
      '{"a":1}x',
      '{"a":\u0001}',
      `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`,
    ];
    for (const detail of [...good, ...bad]) recorder.native.record({ ...ROW, detail });
    recorder.processStarted({ vm: 'app', pid: 1, argv: JSON.stringify(['x'.repeat(2_000_000)]) });
    await recorder.close();
    const details = rowsOf(folder, 'interactions').map((row) => row.detail as string);
    expect(details.slice(0, good.length)).toEqual(good);
    expect(details.slice(good.length).map((detail) => JSON.parse(detail))).toEqual(bad.map((text) => ({ text })));
    expect(JSON.parse(rowsOf(folder, 'processes')[0]?.argv as string)).toMatchObject([{ cut: 2_000_004 }]);
  });

  test('keeps a message that is longer than a batch, in chunks', async () => {
    const folder = temporary();
    const recorder = await Recorder.open(folder);
    const bytes = Buffer.alloc(9_000_000, 'message');
    recorder.native.payload({ channel: 3, direction: 1, bytes });
    recorder.native.payload({ channel: 3, direction: 0, size: 5000, bytes: Buffer.from('head') });
    await recorder.close();
    const rows = rowsOf(folder, 'payloads') as { size: number; direction: number; bytes: Uint8Array }[];
    expect(rows.slice(0, -1).reduce((sum, row) => sum + row.size, 0)).toBe(bytes.length);
    expect(Buffer.compare(Buffer.concat(rows.slice(0, -1).map((row) => row.bytes)), bytes)).toBe(0);
    expect(rows.at(-1)).toMatchObject({ size: 5000, direction: 0 });
  });

  test('has processes from their start to their end', async () => {
    const folder = temporary();
    const recorder = await Recorder.open(folder);
    recorder.processStarted({ vm: 'app', pid: 10, vm_pid: 2, parent: 9, image: '/bin/a', argv: '["a"]' });
    recorder.processStarted({ vm: 'app', pid: 11, vm_pid: 3 });
    recorder.processEnded({ vm: 'app', pid: 10, exit: 137 });
    await recorder.close();
    const rows = rowsOf(folder, 'processes');
    expect(rows).toMatchObject([
      { vm: 'app', pid: 10, vm_pid: 2, parent: 9, image: '/bin/a', argv: '["a"]', exit: 137, win_pid: null },
      { pid: 11, image: null, argv: '[]', ended: null, exit: null },
    ]);
    expect((rows[0]?.ended as bigint) >= (rows[0]?.started as bigint)).toBe(true);
  });

  test('writes a quiet run without being asked', async () => {
    const folder = temporary();
    const recorder = await Recorder.open(folder);
    recorder.native.record(ROW);
    const stream = join(folder, 'interactions.arrows');
    await until(() => existsSync(stream) && streamRows(readFileSync(stream)) === 1);
    recorder.native.record(ROW);
    await until(() => streamRows(readFileSync(stream)) === 2);
    await recorder.close();
    expect(tableOf(folder, 'interactions').batches.length).toBe(1);
  });

  test('goes on while the main thread is busy', async () => {
    const folder = temporary();
    const recorder = await Recorder.open(folder, { slots: 2, rows: 1024 });
    const load = recorder.native.selfTest({ rows: 50_000 });
    for (const end = Date.now() + 500; Date.now() < end; );
    expect((await load).kept).toBe(50_000);
    await recorder.close();
    expect(recorder.complete).toBe(true);
  });
});

test('the bench function measures without loss', async () => {
  const figures = await benchRecorder(50_000, 2);
  expect(figures).toMatchObject({ rows: 50_000, lost: 0 });
  expect(figures.rowsPerSecond).toBeGreaterThan(0);
});

/** The recorder's rule for names, said again: what is no UTF-8, and NUL, as `\xNN`. */
function escaped(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = [1, 2, 3, 4].find((size) => isCharacter(bytes.subarray(at, at + size), size));
    text += length ? bytes.toString('utf8', at, at + length) : `\\x${bytes.toString('hex', at, at + 1)}`;
    at += length ?? 1;
  }
  return text;
}

function isCharacter(bytes: Buffer, size: number): boolean {
  if (bytes.length !== size || bytes[0] === 0) return false;
  try {
    return [...new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)].length === 1;
  } catch {
    return false;
  }
}
