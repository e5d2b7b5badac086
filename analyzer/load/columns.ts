// One column of an Arrow batch on its way into a chunk. A filler copies 2,048 rows at most; which kind of filler a
// column needs follows from its type in the contract.
import type { Data } from 'apache-arrow';
import type { ColumnType } from '../../native/contract/words.js';
import { CHUNK_ROWS, type ColumnAppender, type Store } from './duck.js';
import type { Words } from './words.js';

/** Copies rows `start` to `start + rows` of `data` into column `column` of the chunk. */
export type Filler = (to: ColumnAppender, column: number, data: Data, start: number, rows: number) => void;

const FIXED: Partial<Record<ColumnType, { store: Store; bytes: number }>> = {
  uint64: { store: 'UBIGINT', bytes: 8 },
  int64: { store: 'BIGINT', bytes: 8 },
  uint32: { store: 'UINTEGER', bytes: 4 },
  int32: { store: 'INTEGER', bytes: 4 },
  int8: { store: 'TINYINT', bytes: 1 },
};

/** How a column that is no dictionary is stored. */
export function storeOf(type: ColumnType): Store {
  return FIXED[type]?.store ?? (type === 'binary' ? 'BLOB' : 'VARCHAR');
}

/** The filler of a column that is no dictionary. */
export function fillerOf(type: ColumnType): Filler {
  const fixed = FIXED[type];
  return fixed === undefined ? fillBytes : fixedFiller(fixed.bytes);
}

const fixedFiller =
  (width: number): Filler =>
  (to, column, data, start, rows) => {
    to.putFixed(column, data.values as ArrayBufferView, start * width, rows * width);
    putNulls(to, column, data, start, rows);
  };

const fillBytes: Filler = (to, column, data, start, rows) => {
  putNulls(to, column, data, start, rows);
  if (data.nullCount === data.length) return;
  const offsets = data.valueOffsets as Int32Array;
  const bytes = data.values as Uint8Array;
  for (let row = 0; row < rows; row++) {
    const at = start + row;
    if (data.nullCount === 0 || isSet(data.nullBitmap, at)) {
      to.putBytes(column, row, bytes.subarray(offsets[at], offsets[at + 1]));
    }
  }
};

const CODES = { UTINYINT: Uint8Array, USMALLINT: Uint16Array, UINTEGER: Uint32Array } as const;

/** The filler of a dictionary column kept as codes of a given width. */
export function codeFiller(store: keyof typeof CODES, words: Words, nullable: boolean): Filler {
  const codes = new CODES[store](CHUNK_ROWS);
  return (to, column, data, start, rows) => {
    const codeOf = words.translate(data.dictionary!);
    const keys = data.values as Int32Array;
    let strange = false;
    for (let row = 0; row < rows; row++) {
      const code = codeOf[keys[start + row]!];
      // Code 0 is a null among the words.
      if (code === undefined || (code === 0 && !nullable)) strange = true;
      codes[row] = code!;
    }
    if (data.nullCount > 0) blank(codes, data, start, rows);
    else if (strange) throw new RangeError('a key has no word in its dictionary');
    to.putFixed(column, codes, 0, rows * codes.BYTES_PER_ELEMENT);
  };
}

/** The filler of a column with one code in every row. */
export function constantFiller(code: number): Filler {
  const codes = new Uint16Array(CHUNK_ROWS).fill(code);
  return (to, column, _data, _start, rows) => to.putFixed(column, codes, 0, rows * codes.BYTES_PER_ELEMENT);
}

function blank(codes: Uint8Array | Uint16Array | Uint32Array, data: Data, start: number, rows: number): void {
  if (data.nullCount === data.length) codes.fill(0, 0, rows);
  else for (let row = 0; row < rows; row++) if (!isSet(data.nullBitmap, start + row)) codes[row] = 0;
}

// Chunks start at multiples of 2,048 rows, so the bits of a chunk start at a whole byte.
function putNulls(to: ColumnAppender, column: number, data: Data, start: number, rows: number): void {
  if (data.nullCount > 0) to.putValidity(column, data.nullBitmap, start >> 3, (rows + 7) >> 3);
}

const isSet = (bits: Uint8Array, at: number): boolean => ((bits[at >> 3]! >> (at & 7)) & 1) === 1;
