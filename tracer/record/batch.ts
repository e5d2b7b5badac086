// A batch of rows as Arrow's buffers, and how they lie one after another in a message's body.
import type { BatchShape, Region } from './metadata.js';
import { type Field, hasContent, widthOf } from './schema.js';

export interface ColumnData {
  /** One bit a row, set where there is a value; null where every row has one. */
  validity: Uint8Array | null;
  /** Values, or rows + 1 offsets into the content. May be longer than the rows need. */
  values: Uint8Array;
  content: Uint8Array | null;
}

export interface Batch {
  rows: number;
  columns: readonly ColumnData[];
}

export interface Body {
  shape: BatchShape;
  pieces: Uint8Array[];
  length: number;
}

const PADDING = new Uint8Array(8);

export const padded = (length: number): number => Math.ceil(length / 8) * 8;

/** The buffers of a batch in the order of Arrow: for each column its validity, its values or offsets, its content. */
export function bodyOf(fields: readonly Field[], batch: Batch): Body {
  const nulls: number[] = [];
  const buffers: Uint8Array[] = [];
  for (const [at, field] of fields.entries()) {
    const column = batch.columns[at]!;
    const missing = column.validity ? batch.rows - countBits(column.validity, batch.rows) : 0;
    nulls.push(missing);
    buffers.push(
      missing > 0 && column.validity ? column.validity.subarray(0, Math.ceil(batch.rows / 8)) : PADDING.subarray(0, 0),
    );
    const values = hasContent(field.type) ? (batch.rows + 1) * 4 : batch.rows * widthOf(field.type);
    buffers.push(column.values.subarray(0, values));
    if (hasContent(field.type)) buffers.push(column.content ?? PADDING.subarray(0, 0));
  }
  return placed(batch.rows, nulls, buffers);
}

/** New names of a dictionary as a batch of one column. */
export function namesBody(count: number, offsets: Uint8Array, bytes: Uint8Array): Body {
  return placed(count, [0], [PADDING.subarray(0, 0), offsets.subarray(0, (count + 1) * 4), bytes]);
}

function placed(rows: number, nulls: number[], buffers: readonly Uint8Array[]): Body {
  const regions: Region[] = [];
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (const buffer of buffers) {
    regions.push({ offset: length, length: buffer.length });
    if (buffer.length === 0) continue;
    pieces.push(buffer);
    const rest = padded(buffer.length) - buffer.length;
    if (rest > 0) pieces.push(PADDING.subarray(0, rest));
    length += buffer.length + rest;
  }
  return { shape: { rows, nulls, buffers: regions }, pieces, length };
}

/** Set bits among the first `count`. */
export function countBits(bytes: Uint8Array, count: number): number {
  const whole = count >> 3;
  let bits = 0;
  for (let at = 0; at < whole; at++) bits += BITS[bytes[at]!]!;
  const rest = count & 7;
  return rest ? bits + BITS[bytes[whole]! & ((1 << rest) - 1)]! : bits;
}

const BITS = Uint8Array.from({ length: 256 }, (_, byte) => {
  let bits = 0;
  for (let left = byte; left > 0; left >>= 1) bits += left & 1;
  return bits;
});
