// The columns of a recorded run that a decision needs, row by row, without making values of rows nobody asks about.
import type { Data } from 'apache-arrow';
import type { TableName } from '../../native/contract/words.js';
import { readTable, type TableBatch } from '../../tracer/arrow/table.js';

/** The record batches of a run's table. Throws what `readTable` throws. */
export function* batchesOf(file: string, table: TableName): Generator<Columns> {
  for (const batch of readTable(file, table)) yield new Columns(batch);
}

/** Reads one column; null where the row has none. */
export type Text = (row: number) => string | null;
export type Numbers = (row: number) => number | null;

const decoder = new TextDecoder();

export class Columns {
  readonly rows: number;

  constructor(private readonly batch: TableBatch) {
    this.rows = batch.rows;
  }

  /** A column of text, coded by a dictionary or not. */
  text(name: string): Text {
    const data = this.batch.column(name);
    if (data.dictionary === undefined) return textsOf(data);
    const words = data.dictionary;
    const known: (string | null)[] = [];
    const keys = data.values as Int32Array;
    return (row) => {
      if (!isThere(data, row)) return null;
      const key = keys[row]!;
      known[key] ??= words.get(key) as string | null;
      return known[key]!;
    };
  }

  /** A column of whole numbers, as far as a double holds them. */
  numbers(name: string): Numbers {
    const data = this.batch.column(name);
    const values = data.values as ArrayLike<number | bigint>;
    return (row) => (isThere(data, row) ? Number(values[row]) : null);
  }
}

function textsOf(data: Data): Text {
  const offsets = data.valueOffsets as Int32Array;
  const bytes = data.values as Uint8Array;
  return (row) => (isThere(data, row) ? decoder.decode(bytes.subarray(offsets[row], offsets[row + 1])) : null);
}

function isThere(data: Data, row: number): boolean {
  if (data.nullCount === 0) return true;
  const at = row + data.offset;
  return ((data.nullBitmap[at >> 3]! >> (at & 7)) & 1) === 1;
}
