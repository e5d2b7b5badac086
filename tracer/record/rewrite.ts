// Makes the files of a finished run out of its streams: one whole dictionary per column (not every reader knows deltas),
// then the batches. Two passes and bounded memory, whatever the run's size.
import { existsSync, linkSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ShuttleError } from '../../native/contract/problem.js';
import type { TableName } from '../../native/contract/words.js';
import { padded } from './batch.js';
import { Gather, rising } from './gather.js';
import { Input } from './input.js';
import { type Block, dictionaryMessage, footer } from './metadata.js';
import { MessageOutput } from './output.js';
import { lastRows } from './processes.js';
import { startOf } from './run_info.js';
import { type NamesPiece, type Scan, scanStream } from './scan.js';
import { type Field, fieldsOf, TABLE_NAMES } from './schema.js';
import { streamFile, tableFile } from './stream.js';
import { readBatch } from './table_file.js';

const MAGIC = Buffer.from('ARROW1');
/** A batch of so many rows is copied as it is; smaller ones are joined. */
const LARGE = 4096;

/** Rewrites whatever streams are in the folder. Whether any of them was torn. A stream is removed once its file is whole. */
export function rewriteStreams(folder: string): { torn: boolean } {
  sweep(folder);
  let torn = false;
  for (const table of TABLE_NAMES) {
    if (existsSync(tableFile(folder, table))) rmSync(streamFile(folder, table), { force: true });
    else torn = finishTable(folder, table) || torn;
  }
  return { torn };
}

/** What a process left that ended while it was finishing. */
function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = /\.(\d+)\.part$/.exec(name)?.[1];
    if (pid && startOf(Number(pid)) === null) rmSync(join(folder, name), { force: true });
  }
}

/** Rewrites one stream. Whether it was torn. A stream that was never begun is an empty one: its writer died that early. */
export function finishTable(folder: string, table: TableName): boolean {
  const stream = streamFile(folder, table);
  writeFileSync(stream, '', { mode: 0o600, flag: 'a' });
  const torn = rewriteTable(folder, table);
  rmSync(stream, { force: true });
  return torn;
}

function rewriteTable(folder: string, table: TableName): boolean {
  const file = tableFile(folder, table);
  const half = `${file}.${process.pid}.part`;
  let input: Input | null = null;
  try {
    rmSync(half, { force: true });
    input = new Input(streamFile(folder, table));
    const scan = scanStream(input, table);
    writeFile(input, scan, table, half);
    return publish(half, file) && scan.torn;
  } catch (error) {
    // Another process that finishes the same run took the stream away, after it had given the file its name.
    if (input === null && isGone(error) && existsSync(file)) return false;
    throw problemOf(error, streamFile(folder, table), file);
  } finally {
    input?.close();
    rmSync(half, { force: true });
  }
}

/** Gives the file its name, unless another process has finished the table meanwhile: what it found may be more. */
function publish(half: string, file: string): boolean {
  try {
    linkSync(half, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EMLINK') throw error;
    renameSync(half, file); // no hard links here
  }
  return true;
}

export const isGone = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

function problemOf(error: unknown, stream: string, file: string): unknown {
  if (error instanceof ShuttleError) return error;
  if (error instanceof RangeError)
    return new ShuttleError({ code: 'RUN_UNREADABLE', file: stream, error: error.message });
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? error : new ShuttleError({ code: 'RECORD_FAILED', file, error: message });
}

function writeFile(input: Input, scan: Scan, table: TableName, path: string): void {
  const fields = fieldsOf(table);
  const output = new MessageOutput(path);
  try {
    output.write([MAGIC, new Uint8Array(2)]);
    output.schema(fields);
    const dictionaries = fields
      .filter((field) => field.dictionary !== null)
      .map((field) => writeNames(input, output, field, scan.names.get(field.dictionary!) ?? []));
    const batches =
      table === 'processes' ? writeProcesses(input, output, fields, scan) : writeBatches(input, output, fields, scan);
    output.end();
    const foot = footer(fields, dictionaries, batches);
    output.write([foot, Buffer.from(Int32Array.of(foot.length).buffer), MAGIC]);
  } finally {
    output.close();
  }
}

/** All names of a column as one dictionary. Their offsets begin again with each piece, so they are shifted. */
function writeNames(input: Input, output: MessageOutput, field: Field, pieces: readonly NamesPiece[]): Block {
  const count = pieces.reduce((sum, piece) => sum + piece.count, 0);
  const length = pieces.reduce((sum, piece) => sum + piece.contentLength, 0);
  const offsets = { offset: 0, length: 0 };
  const content = { offset: padded((count + 1) * 4), length };
  const shape = { rows: count, nulls: [0], buffers: [offsets, { offset: 0, length: (count + 1) * 4 }, content] };
  const bodyLength = content.offset + padded(length);
  const metadata = dictionaryMessage(field.dictionary!, shape, false, bodyLength);
  const block = { offset: output.position, metadataLength: metadata.length, bodyLength };
  output.write([metadata, new Uint8Array(4)]);
  let before = 0;
  for (const piece of pieces) {
    for (const bytes of input.pieces(piece.offsets + 4, piece.count * 4)) {
      const numbers = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
      if (!rising(numbers, 0, piece.contentLength)) throw new RangeError('names outside their dictionary');
      for (let at = 0; at < numbers.length; at++) numbers[at]! += before;
      output.write([bytes]);
    }
    before += piece.contentLength;
  }
  output.write([new Uint8Array(content.offset - (count + 1) * 4)]);
  for (const piece of pieces)
    for (const bytes of input.pieces(piece.content, piece.contentLength)) output.write([bytes]);
  output.write([new Uint8Array(padded(length) - length)]);
  return block;
}

function writeBatches(input: Input, output: MessageOutput, fields: readonly Field[], scan: Scan): Block[] {
  const written: Block[] = [];
  const gather = new Gather(fields);
  const flush = (): void => {
    if (gather.rows > 0) written.push(output.batch(fields, gather.batch()));
    gather.clear();
  };
  for (const batch of scan.batches) {
    const large = batch.rows >= LARGE;
    if (!large) gather.add(readBatch(input, fields, batch));
    if (large || gather.full) flush();
    if (large) written.push(copyMessage(input, output, batch));
  }
  flush();
  return written;
}

function writeProcesses(input: Input, output: MessageOutput, fields: readonly Field[], scan: Scan): Block[] {
  const all = new Gather(fields);
  for (const block of scan.batches) all.add(readBatch(input, fields, block));
  const rows = lastRows(all.batch());
  return rows.rows > 0 ? [output.batch(fields, rows)] : [];
}

function copyMessage(input: Input, output: MessageOutput, block: Block): Block {
  const offset = output.position;
  for (const bytes of input.pieces(block.offset, block.metadataLength + block.bodyLength)) output.write([bytes]);
  return { ...block, offset };
}
