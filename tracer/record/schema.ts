// The tables of a run folder as Arrow knows them: made of TABLES, the one place where the columns are written down.
import {
  type Column,
  type ColumnType,
  OPS,
  SOURCES,
  TABLES,
  type TableName,
  VERDICTS,
} from '../../native/contract/words.js';

export interface Field {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  /** Id of the dictionary (the column's place), where the column has one. */
  readonly dictionary: number | null;
  /** Words that are all known before the first row; the native recorder writes their numbers. */
  readonly words: readonly string[];
}

const WORDS: Readonly<Record<string, readonly string[]>> = { op: OPS, verdict: VERDICTS, source: SOURCES };

const field = ([name, type, nullable]: Column, place: number): Field => ({
  name,
  type,
  nullable: nullable === 'null',
  dictionary: type === 'dictionary' ? place : null,
  words: WORDS[name] ?? [],
});

export const TABLE_NAMES = Object.keys(TABLES) as TableName[];

const fields: Readonly<Record<TableName, readonly Field[]>> = {
  interactions: TABLES.interactions.map(field),
  payloads: TABLES.payloads.map(field),
  processes: TABLES.processes.map(field),
};

export const fieldsOf = (table: TableName): readonly Field[] => fields[table];

/** Bytes of one value, or of one offset of a column whose content lies elsewhere. */
export function widthOf(type: ColumnType): number {
  if (type === 'uint64' || type === 'int64') return 8;
  return type === 'int8' ? 1 : 4;
}

/** Text and bytes: one offset more than rows, and content beside it. */
export const hasContent = (type: ColumnType): boolean => type === 'utf8' || type === 'binary';
