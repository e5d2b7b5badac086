// A finished table, read by its footer: whether it is whole, and the few facts that a torn run's
// run.json is mended with. (The analyzer reads the rows.)
import { ShuttleError } from '../../native/contract/problem.js';
import { SOURCES, type TableName } from '../../native/contract/words.js';
import type { Batch, ColumnData } from './batch.js';
import { decodeFooter, decodeMessage, type Footer } from './decode.js';
import { numbersOf } from './gather.js';
import { Input } from './input.js';
import type { Block } from './metadata.js';
import { type Field, fieldsOf, hasContent } from './schema.js';
import { tableFile } from './stream.js';

const MAGIC = 'ARROW1';

/** Throws RUN_UNREADABLE where the table's file is missing, cut or no Arrow file. Its columns are looked at when they are read. */
export function checkTable(folder: string, table: TableName): void {
  withTable(folder, table, () => {});
}

/** Rows by source (as in SOURCES), and the time of the last one. */
export function countSources(folder: string): { sources: number[]; last: bigint } {
  const sources = SOURCES.map(() => 0);
  let last = 0n;
  withTable(folder, 'interactions', (input, { batches }) => {
    const fields = fieldsOf('interactions');
    const [source, ts] = ['source', 'ts'].map((name) => fields.findIndex((field) => field.name === name));
    for (const block of batches) {
      const { rows, columns } = readBatch(input, fields, block);
      for (const number of numbersOf(columns[source!]!.values, rows)) sources[number]! += 1;
      const times = columns[ts!]!.values;
      const time = new DataView(times.buffer, times.byteOffset).getBigInt64((rows - 1) * 8, true);
      if (time > last) last = time;
    }
  });
  return { sources, last };
}

/** One record batch of a file or stream of these fields. */
export function readBatch(input: Input, fields: readonly Field[], block: Block): Batch {
  const message = decodeMessage(input.read(block.offset + 8, block.metadataLength - 8));
  if (message.type !== 'batch') throw new RangeError('not a record batch');
  const body = input.read(block.offset + block.metadataLength, block.bodyLength);
  const buffers = message.shape.buffers.map(({ offset, length }) => body.subarray(offset, offset + length));
  let at = 0;
  const columns = fields.map((field, place): ColumnData => {
    const validity = buffers[at++]!;
    const values = buffers[at++]!;
    const content = hasContent(field.type) ? buffers[at++]! : null;
    return { validity: message.shape.nulls[place] === 0 ? null : validity, values, content };
  });
  return { rows: message.shape.rows, columns };
}

function withTable(folder: string, table: TableName, use: (input: Input, footer: Footer) => void): void {
  const file = tableFile(folder, table);
  let input: Input | null = null;
  try {
    input = new Input(file);
    use(input, footerOf(input));
  } catch (error) {
    throw new ShuttleError({ code: 'RUN_UNREADABLE', file, error: (error as Error).message });
  } finally {
    input?.close();
  }
}

function footerOf(input: Input): Footer {
  const text = (at: number): string => Buffer.from(input.read(at, MAGIC.length)).toString('latin1');
  if (input.size < 2 * MAGIC.length + 4 || text(0) !== MAGIC) throw new RangeError('it is no Arrow file');
  if (text(input.size - MAGIC.length) !== MAGIC) throw new RangeError('the file ends before its footer');
  const end = input.size - MAGIC.length - 4;
  const length = new DataView(input.read(end, 4).buffer).getInt32(0, true);
  if (length <= 0 || length > end) throw new RangeError('the footer is damaged');
  const footer = decodeFooter(input.read(end - length, length));
  for (const block of [...footer.dictionaries, ...footer.batches])
    if (block.offset + block.metadataLength + block.bodyLength > end) throw new RangeError('the footer is damaged');
  return footer;
}
