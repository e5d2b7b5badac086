// Streams that others wrote by the published format lie differently from ours: other dictionary ids, other columns
// beside the known ones, dictionaries that are replaced instead of growing. Finishing knows our layout alone, so such a
// stream is first written anew in it, as far as it is whole.
import { renameSync, rmSync } from 'node:fs';
import type { Data } from 'apache-arrow';
import { ShuttleError } from '../../native/contract/problem.js';
import type { TableName } from '../../native/contract/words.js';
import type { TableBatch } from '../arrow/table.js';
import type { ColumnData } from './batch.js';
import { Input } from './input.js';
import { Names } from './names.js';
import { isGone } from './rewrite.js';
import { type Extent, extentOf } from './scan.js';
import { type Field, fieldsOf, hasContent, TABLE_NAMES } from './schema.js';
import { streamFile, TableStream } from './stream.js';

/** Rewrites each stream of the folder that is not laid out as ours. Throws RUN_UNREADABLE, RUN_COLUMN or what the disk says. */
export async function adoptStreams(folder: string): Promise<void> {
  for (const table of TABLE_NAMES) {
    const file = streamFile(folder, table);
    const extent = extentIn(file, table);
    if (extent === null || extent.ours) continue;
    if (extent.length === 0) throw new ShuttleError({ code: 'RUN_UNREADABLE', file, error: 'it is no Arrow stream' });
    await adopt(file, table, extent);
  }
}

/** Null where there is no stream (any more: another process may be finishing the run as well). */
function extentIn(file: string, table: TableName): Extent | null {
  let input: Input | null = null;
  try {
    input = new Input(file);
    return extentOf(input, table);
  } catch (error) {
    if (input === null && isGone(error)) return null;
    throw error;
  } finally {
    input?.close();
  }
}

async function adopt(file: string, table: TableName, { length, torn }: Extent): Promise<void> {
  // Loaded here alone: a run of our own never needs Arrow's library.
  const { readTable } = await import('../arrow/table.js');
  const half = `${file}.${process.pid}.part`;
  rmSync(half, { force: true });
  const stream = new TableStream(half, table);
  try {
    const whole = copied(readTable(file, table, length), stream, fieldsOf(table));
    if (whole && !torn) stream.end();
    renameSync(half, file);
  } finally {
    stream.close();
    rmSync(half, { force: true });
  }
}

/** Whether all batches could be copied. Where the first cannot, it is no stream of this table. */
function copied(batches: Iterable<TableBatch>, stream: TableStream, fields: readonly Field[]): boolean {
  const names = new Names(fields);
  let count = 0;
  try {
    for (const batch of batches) {
      const columns = fields.map((field, at) => columnOf(field, at, batch.column(field.name), names));
      stream.write({ rows: batch.rows, columns }, names.take());
      count++;
    }
    return true;
  } catch (error) {
    if (count === 0 || !(error instanceof ShuttleError)) throw error;
    return false;
  }
}

function columnOf(field: Field, at: number, data: Data, names: Names): ColumnData {
  const validity = data.nullCount > 0 ? data.nullBitmap : null;
  if (field.dictionary !== null) return { validity, values: bytesOf(numbersOf(data, at, names)), content: null };
  if (hasContent(field.type))
    return { validity, values: bytesOf(data.valueOffsets as Int32Array), content: data.values as Uint8Array };
  return { validity, values: bytesOf(data.values as Int32Array), content: null };
}

function numbersOf(data: Data, column: number, names: Names): Int32Array {
  const words = [...(data.dictionary as Iterable<string | null>)];
  const numbers = words.map((word) => (word === null ? 0 : names.number(column, word)));
  return Int32Array.from({ length: data.length }, (_, row) => numbers[data.values[row] as number] ?? 0);
}

const bytesOf = (numbers: ArrayBufferView): Uint8Array =>
  new Uint8Array(numbers.buffer as ArrayBuffer, numbers.byteOffset, numbers.byteLength);
