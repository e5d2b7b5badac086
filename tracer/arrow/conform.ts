// Columns of others' files in the contract's types. What other writers do differently and what means the same is made
// the same: dictionaries with keys of another width, text without a dictionary, large and view types, wider integers
// whose values fit, columns of nothing but nulls. What is as the contract says is handed through untouched.
import { type Data, DataType, Dictionary, Int32, makeData, Utf8, Vector, vectorFromArray } from 'apache-arrow';
import type { ColumnType } from '../../native/contract/words.js';
import { emptyOf, INTEGERS, type IntegerType, typeOf } from './types.js';

/** `data` as a column of type `wanted`, or null where it is something else. Throws a RangeError at a value that does not fit. */
export function conform(data: Data, wanted: ColumnType): Data | null {
  if (DataType.isNull(data.type)) return emptyOf(wanted, data.length);
  switch (wanted) {
    case 'dictionary':
      return asDictionary(data);
    case 'utf8':
      return asText(data);
    case 'binary':
      return asBytes(data);
    default:
      return asInteger(data, wanted);
  }
}

const isText = (type: DataType): boolean =>
  DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type);

function asDictionary(data: Data): Data | null {
  if (isText(data.type)) return coded(data);
  if (!DataType.isDictionary(data.type) || !isText(data.type.dictionary)) return null;
  // A null among the words is as good as one among the rows.
  if (data.dictionary!.nullCount > 0) return coded(data);
  const narrow = data.type.indices.bitWidth <= 32;
  if (narrow && DataType.isUtf8(data.type.dictionary)) return data;
  const words = new Vector(data.dictionary!.data.map(plainWords));
  const keys = narrow ? data.values : Int32Array.from(data.values as BigInt64Array, Number);
  return dictionaryOf(data, keys, words);
}

const known = new WeakMap<Data, Data>();

/** A dictionary comes again with every batch: what was made of it once is kept. */
function plainWords(chunk: Data): Data {
  const before = known.get(chunk);
  if (before !== undefined) return before;
  const made = asText(chunk)!;
  known.set(chunk, made);
  return made;
}

type Rows = Pick<Data, 'length' | 'nullCount' | 'nullBitmap'>;

/** Text that has no dictionary gets one. */
function coded(data: Data): Data {
  const places = new Map<string, number>();
  const { nullBitmap } = emptyOf('dictionary', data.length);
  const keys = new Int32Array(data.length);
  let nullCount = 0;
  for (const [row, text] of textsOf(data).entries()) {
    if (text === null) {
      nullCount++;
      continue;
    }
    nullBitmap[row >> 3]! |= 1 << (row & 7);
    const place = places.get(text) ?? places.size;
    places.set(text, place);
    keys[row] = place;
  }
  return dictionaryOf(
    { length: data.length, nullCount, nullBitmap },
    keys,
    vectorFromArray([...places.keys()], new Utf8()),
  );
}

function dictionaryOf({ length, nullCount, nullBitmap }: Rows, keys: unknown, dictionary: Vector): Data {
  const type = new Dictionary(new Utf8(), new Int32());
  return makeData({ type, length, nullCount, nullBitmap, data: keys, dictionary } as never);
}

function asText(data: Data): Data | null {
  if (DataType.isUtf8(data.type)) return data;
  const texts = isText(data.type) || (DataType.isDictionary(data.type) && isText(data.type.dictionary));
  return texts ? (vectorFromArray(textsOf(data), new Utf8()).data[0] ?? emptyOf('utf8', 0)) : null;
}

const textsOf = (data: Data): (string | null)[] => [...(new Vector([data]) as Vector<Utf8>)];

function asBytes(data: Data): Data | null {
  const { type } = data;
  if (DataType.isBinary(type) || DataType.isUtf8(type)) return data;
  if (!DataType.isLargeBinary(type) && !DataType.isBinaryView(type)) return null;
  const values = [...(new Vector([data]) as Vector)];
  return vectorFromArray(values, typeOf('binary')).data[0] ?? emptyOf('binary', 0);
}

function asInteger(data: Data, wanted: IntegerType): Data | null {
  const { type, length, nullCount, nullBitmap } = data;
  if (!DataType.isInt(type)) return null;
  if (`${type.isSigned ? 'int' : 'uint'}${type.bitWidth}` === wanted) return data;
  const { least, most, array } = INTEGERS[wanted];
  const values = new array(length);
  const given = data.values as ArrayLike<number | bigint>;
  for (let row = 0; row < length; row++) {
    const value = data.getValid(row) ? given[row]! : 0;
    if (value < least || value > most) throw new RangeError(`${value} does not fit ${wanted}`);
    values[row] = typeof values[row] === 'bigint' ? BigInt(value) : Number(value);
  }
  return makeData({ type: typeOf(wanted), length, nullCount, nullBitmap, data: values } as never);
}
