// The columns of a recorded run that a decision needs, row by row, without making values of rows nobody asks about.
import type { Data, RecordBatch } from 'apache-arrow';
import { batches } from '../../analyzer/load/batches.js';
import { ShuttleError } from '../../native/contract/problem.js';

/** The record batches of a run's table. Throws RUN_UNREADABLE where the file is torn or no Arrow file. */
export function* batchesOf(file: string): Generator<Columns> {
  try {
    for (const batch of batches(file)) yield new Columns(file, batch);
  } catch (error) {
    if (error instanceof ShuttleError) throw error;
    throw new ShuttleError({ code: 'RUN_UNREADABLE', file, error: (error as Error).message });
  }
}

/** Reads one column; null where the row has none. */
export type Text = (row: number) => string | null;
export type Numbers = (row: number) => number | null;

const decoder = new TextDecoder();

export class Columns {
  readonly rows: number;

  constructor(
    private readonly file: string,
    private readonly batch: RecordBatch,
  ) {
    this.rows = batch.numRows;
  }

  /** A column of text, coded by a dictionary or not. */
  text(name: string): Text {
    const data = this.data(name, 'text');
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
    const data = this.data(name, 'number');
    const values = data.values as ArrayLike<number | bigint>;
    return (row) => (isThere(data, row) ? Number(values[row]) : null);
  }

  private data(name: string, type: string): Data {
    const at = this.batch.schema.fields.findIndex((field) => field.name === name);
    const data = this.batch.data.children[at];
    if (data === undefined) throw new ShuttleError({ code: 'RUN_COLUMN', file: this.file, column: name, type });
    return data;
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
