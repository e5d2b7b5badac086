// Whether a column of an Arrow file has the type that the contract gives it.
import { DataType } from 'apache-arrow';
import type { ColumnType } from '../../native/contract/words.js';

/** Dictionaries may have keys of any width up to 32 bits; every other type must be exactly the contract's. */
export function isOfType(type: DataType, wanted: ColumnType): boolean {
  switch (wanted) {
    case 'dictionary':
      return DataType.isDictionary(type) && DataType.isUtf8(type.dictionary) && type.indices.bitWidth <= 32;
    case 'utf8':
      return DataType.isUtf8(type);
    case 'binary':
      return DataType.isBinary(type);
    default:
      return isInteger(type, wanted);
  }
}

function isInteger(type: DataType, wanted: string): boolean {
  return DataType.isInt(type) && `${type.isSigned ? 'int' : 'uint'}${type.bitWidth}` === wanted;
}
