// The contract's column types as Arrow's.
import {
  Binary,
  type Data,
  type DataType,
  Dictionary,
  Int8,
  Int32,
  Int64,
  makeData,
  Uint32,
  Uint64,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { ARRAYS, type ColumnType } from '../../native/contract/words.js';

export type IntegerType = Exclude<ColumnType, 'dictionary' | 'utf8' | 'binary'>;

/** What values an integer column may have, and where they are kept. */
export const INTEGERS = {
  uint64: { least: 0, most: 2n ** 64n - 1n, array: ARRAYS.uint64 },
  int64: { least: -(2n ** 63n), most: 2n ** 63n - 1n, array: ARRAYS.int64 },
  uint32: { least: 0, most: 2 ** 32 - 1, array: ARRAYS.uint32 },
  int32: { least: -(2 ** 31), most: 2 ** 31 - 1, array: ARRAYS.int32 },
  int8: { least: -128, most: 127, array: ARRAYS.int8 },
} as const;

const TYPES: Record<ColumnType, (dictionary?: number) => DataType> = {
  uint64: () => new Uint64(),
  int64: () => new Int64(),
  uint32: () => new Uint32(),
  int32: () => new Int32(),
  int8: () => new Int8(),
  utf8: () => new Utf8(),
  binary: () => new Binary(),
  dictionary: (id) => new Dictionary(new Utf8(), new Int32(), id),
};

/** Arrow's type of a column; `dictionary` is the id of its dictionary, where it has one. */
export const typeOf = (type: ColumnType, dictionary?: number): DataType => TYPES[type](dictionary);

/** A column of nothing but nulls. */
export function emptyOf(type: ColumnType, length: number): Data {
  const nulls = {
    type: typeOf(type),
    length,
    nullCount: length,
    nullBitmap: new Uint8Array(((length + 63) >> 6) << 3),
  };
  if (type === 'utf8' || type === 'binary')
    return makeData({ ...nulls, valueOffsets: new Int32Array(length + 1), data: new Uint8Array(0) } as never);
  if (type === 'dictionary')
    return makeData({ ...nulls, data: new Int32Array(length), dictionary: vectorFromArray([], new Utf8()) } as never);
  return makeData({ ...nulls, data: new INTEGERS[type].array(length) } as never);
}
