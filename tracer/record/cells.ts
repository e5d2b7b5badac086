// Rows as lists of values, one a column: for the few places that look at single values. Names are dictionary numbers.
import { ARRAYS } from '../../native/contract/words.js';
import type { Batch, ColumnData } from './batch.js';
import { numbersOf } from './gather.js';
import { type Field, hasContent } from './schema.js';

export type Cell = number | bigint | Uint8Array | null;

export function batchOfCells(fields: readonly Field[], rows: readonly (readonly Cell[])[]): Batch {
  return { rows: rows.length, columns: fields.map((field, at) => columnOf(field, rows, at)) };
}

function columnOf(field: Field, rows: readonly (readonly Cell[])[], at: number): ColumnData {
  const validity = field.nullable ? new Uint8Array(Math.ceil(rows.length / 8)) : null;
  if (validity)
    for (const [row, cells] of rows.entries()) if (cells[at] !== null) validity[row >> 3]! |= 1 << (row & 7);
  if (field.type === 'utf8' || field.type === 'binary') {
    const pieces = rows.map((cells) => (cells[at] ?? new Uint8Array(0)) as Uint8Array);
    const offsets = new Int32Array(rows.length + 1);
    for (const [row, piece] of pieces.entries()) offsets[row + 1] = offsets[row]! + piece.length;
    return { validity, values: new Uint8Array(offsets.buffer), content: Buffer.concat(pieces) };
  }
  const values = new ARRAYS[field.type](rows.length);
  const wide = field.type === 'uint64' || field.type === 'int64';
  for (const [row, cells] of rows.entries()) {
    const cell = (cells[at] ?? 0) as number | bigint;
    values[row] = wide ? BigInt(cell) : Number(cell);
  }
  return { validity, values: new Uint8Array(values.buffer), content: null };
}

export function* cellsOf(fields: readonly Field[], batch: Batch): Generator<Cell[]> {
  const readers = fields.map((field, at) => readerOf(field, batch.columns[at]!, batch.rows));
  for (let row = 0; row < batch.rows; row++) yield readers.map((read) => read(row));
}

function readerOf(field: Field, column: ColumnData, rows: number): (row: number) => Cell {
  const value = valueReader(field, column, rows);
  const validity = column.validity;
  return validity ? (row) => ((validity[row >> 3]! >> (row & 7)) & 1 ? value(row) : null) : value;
}

function valueReader(field: Field, column: ColumnData, rows: number): (row: number) => Cell {
  if (hasContent(field.type)) {
    const offsets = numbersOf(column.values, rows + 1);
    return (row) => column.content!.subarray(offsets[row]!, offsets[row + 1]!);
  }
  const Values = ARRAYS[field.type as keyof typeof ARRAYS];
  const width = Values.BYTES_PER_ELEMENT;
  const aligned = column.values.byteOffset % width === 0 ? column.values : column.values.slice();
  const values = new Values(aligned.buffer as ArrayBuffer, aligned.byteOffset, rows);
  return (row) => values[row]!;
}
