// A run's table as whoever wrote it left it, in the contract's columns, a batch at a time.
import { existsSync } from 'node:fs';
import type { Data, RecordBatch } from 'apache-arrow';
import { ShuttleError } from '../../native/contract/problem.js';
import { type Column, OPS, SOURCES, TABLES, type TableName, VERDICTS } from '../../native/contract/words.js';
import { batches } from './batches.js';
import { conform } from './conform.js';

/** One batch: any column by its name, in the contract's type. */
export interface TableBatch {
  readonly rows: number;
  column(name: string): Data;
}

/**
 * The batches of a table that have rows; `length` bytes of it where it is a stream. A file that is not there has none.
 * Throws RUN_UNREADABLE where it is torn or no Arrow file, RUN_COLUMN where a column that is asked for is missing or of
 * another type, RUN_WORD where an operation, verdict or source is none.
 */
export function* readTable(file: string, table: TableName, length?: number): Generator<TableBatch> {
  if (!existsSync(file)) return;
  try {
    for (const batch of batches(file, length)) if (batch.numRows > 0) yield new Conformed(file, table, batch);
  } catch (error) {
    if (error instanceof ShuttleError) throw error;
    throw new ShuttleError({ code: 'RUN_UNREADABLE', file, error: String((error as Error).message ?? error) });
  }
}

/** Columns that may hold these words alone. */
const WORDS: Readonly<Record<string, readonly string[]>> = { op: OPS, verdict: VERDICTS, source: SOURCES };

class Conformed implements TableBatch {
  readonly rows: number;

  constructor(
    private readonly file: string,
    private readonly table: TableName,
    private readonly batch: RecordBatch,
  ) {
    this.rows = batch.numRows;
  }

  column(name: string): Data {
    const column = (TABLES[this.table] as readonly Column[]).find((one) => one[0] === name)!;
    const at = this.batch.schema.fields.findIndex((field) => field.name === name);
    const data = at < 0 ? null : this.conformed(this.batch.data.children[at]!, column);
    if (data === null) throw new ShuttleError({ code: 'RUN_COLUMN', file: this.file, column: name, type: column[1] });
    // Bytes that were not kept are as good as none.
    if (data.nullCount > 0 && column[2] !== 'null' && column[1] !== 'binary') this.refuse(name, 'a row has no value');
    if (WORDS[name] !== undefined) this.checkWords(name, data, new Set(WORDS[name]));
    return data;
  }

  private checkWords(column: string, { dictionary }: Data, known: ReadonlySet<string>): void {
    for (const word of dictionary as Iterable<string | null>)
      if (word !== null && !known.has(word))
        throw new ShuttleError({ code: 'RUN_WORD', file: this.file, column, word });
  }

  private conformed(data: Data, [name, type]: Column): Data | null {
    try {
      return conform(data, type);
    } catch (error) {
      if (error instanceof RangeError) this.refuse(name, error.message);
      throw error;
    }
  }

  private refuse(column: string, why: string): never {
    throw new ShuttleError({ code: 'RUN_UNREADABLE', file: this.file, error: `column ${column}: ${why}` });
  }
}
