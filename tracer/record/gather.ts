// Joins small batches (a quiet run has four a second) into larger ones, so that readers need not open thousands.
import type { Batch, ColumnData } from './batch.js';
import { type Field, hasContent, widthOf } from './schema.js';

const ROWS = 1 << 14;
const CONTENT = 1 << 22;

interface Growing {
  validity: Uint8Array | null;
  values: Uint8Array;
  content: Uint8Array | null;
  contentLength: number;
}

export class Gather {
  private readonly columns: Growing[];
  private count = 0;

  constructor(
    private readonly fields: readonly Field[],
    private capacity = 1024,
  ) {
    this.columns = fields.map((field) => ({
      validity: field.nullable ? new Uint8Array(capacity / 8) : null,
      values: new Uint8Array((capacity + 1) * widthOf(field.type)),
      content: hasContent(field.type) ? new Uint8Array(4096) : null,
      contentLength: 0,
    }));
  }

  get rows(): number {
    return this.count;
  }

  get full(): boolean {
    return this.count >= ROWS || this.columns.some((column) => column.contentLength >= CONTENT);
  }

  add(batch: Batch): void {
    if (batch.rows === 0) return;
    this.grow(this.count + batch.rows);
    for (const [at, field] of this.fields.entries()) {
      const into = this.columns[at]!;
      const from = batch.columns[at]!;
      if (into.validity) copyBits(into.validity, this.count, from.validity, batch.rows);
      if (hasContent(field.type)) addContent(into, this.count, from, batch.rows);
      else {
        const width = widthOf(field.type);
        into.values.set(from.values.subarray(0, batch.rows * width), this.count * width);
      }
    }
    this.count += batch.rows;
  }

  /** What was gathered; valid until the next call. */
  batch(): Batch {
    const columns = this.columns.map(
      (column): ColumnData => ({
        validity: column.validity,
        values: column.values,
        content: column.content ? column.content.subarray(0, column.contentLength) : null,
      }),
    );
    return { rows: this.count, columns };
  }

  clear(): void {
    for (const column of this.columns) {
      column.validity?.fill(0);
      column.contentLength = 0;
    }
    this.count = 0;
  }

  private grow(rows: number): void {
    if (rows <= this.capacity) return;
    while (this.capacity < rows) this.capacity *= 2;
    for (const [at, field] of this.fields.entries()) {
      const column = this.columns[at]!;
      if (column.validity) column.validity = longer(column.validity, this.capacity / 8);
      column.values = longer(column.values, (this.capacity + 1) * widthOf(field.type));
    }
  }
}

function addContent(into: Growing, row: number, from: ColumnData, rows: number): void {
  const source = numbersOf(from.values, rows + 1);
  const target = numbersOf(into.values, row + rows + 1);
  const first = source[0]!;
  const length = source[rows]! - first;
  if (!rising(source, 0, from.content!.length)) throw new RangeError('content outside its column');
  const end = into.contentLength + length;
  if (end > into.content!.length) into.content = longer(into.content!, Math.max(end, into.content!.length * 2));
  into.content!.set(from.content!.subarray(first, first + length), into.contentLength);
  for (let at = 0; at < rows; at++) target[row + at + 1] = into.contentLength + source[at + 1]! - first;
  target[row] = into.contentLength;
  into.contentLength = end;
}

/** Whether offsets never fall and stay between these bounds: a damaged file must not make us read or allocate elsewhere. */
export function rising(offsets: Int32Array, least: number, most: number): boolean {
  let last = least;
  for (const offset of offsets) {
    if (offset < last || offset > most) return false;
    last = offset;
  }
  return true;
}

/** A copy where the bytes do not lie as 32-bit numbers must. */
export function numbersOf(bytes: Uint8Array, count: number): Int32Array {
  if (bytes.byteOffset % 4 === 0) return new Int32Array(bytes.buffer, bytes.byteOffset, count);
  return new Int32Array(bytes.slice(0, count * 4).buffer);
}

function longer(bytes: Uint8Array, length: number): Uint8Array {
  const grown = new Uint8Array(length);
  grown.set(bytes);
  return grown;
}

function copyBits(into: Uint8Array, at: number, from: Uint8Array | null, count: number): void {
  for (let row = 0; row < count; row++) {
    const set = from === null || (from[row >> 3]! >> (row & 7)) & 1;
    if (set) into[(at + row) >> 3]! |= 1 << ((at + row) & 7);
  }
}
