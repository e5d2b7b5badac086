// Loads one Arrow file into one table.
import { ShuttleError } from '../../native/contract/problem.js';
import { type Column, TABLES, type TableName } from '../../native/contract/words.js';
import { readTable } from '../../tracer/arrow/table.js';
import { codeFiller, constantFiller, type Filler, fillerOf, storeOf } from './columns.js';
import { CHUNK_ROWS, type ColumnAppender, type Database, type Store } from './duck.js';
import { Words } from './words.js';

// Code widths of dictionary columns, as schema.sql declares them: no run has 256 operations, any may have 70,000 names.
const CODE_STORES: Record<string, 'UTINYINT' | 'USMALLINT' | 'UINTEGER'> = {
  op: 'UTINYINT',
  verdict: 'UTINYINT',
  source: 'UTINYINT',
  vm: 'USMALLINT',
  peer: 'USMALLINT',
  rule: 'USMALLINT',
};
const codeStore = (name: string) => CODE_STORES[name] ?? 'UINTEGER';
const MOST = { UTINYINT: 0xff, USMALLINT: 0xffff, UINTEGER: 0xffffffff } as const;

const isCoded = ([, type]: Column): boolean => type === 'dictionary';

/** One table being filled from many runs' files. */
export class TableLoad {
  private readonly words = new Map<string, Words>();
  private readonly columns: readonly Column[];
  private readonly fillers: readonly Filler[];
  private appender: ColumnAppender | null = null;
  /** Rows loaded so far. */
  rows = 0;

  constructor(
    private readonly database: Database,
    readonly table: TableName,
  ) {
    this.columns = TABLES[table];
    for (const column of this.columns) if (isCoded(column)) this.words.set(column[0], new Words());
    this.fillers = this.columns.map(([name, type, nullable]) =>
      type === 'dictionary' ? codeFiller(codeStore(name), this.words.get(name)!, nullable === 'null') : fillerOf(type),
    );
  }

  /** Appends every row of `file`, which belongs to the run with code `run`. Throws RUN_UNREADABLE, RUN_COLUMN. */
  async load(file: string, run: number): Promise<void> {
    this.appender ??= await this.database.append(`${this.table}_coded`, this.stores());
    try {
      this.appendAll(file, run);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new ShuttleError({ code: 'RUN_UNREADABLE', file, error: error.message });
    }
    this.checkWidths(file);
  }

  /** Writes what is still held, and the words. */
  async close(): Promise<void> {
    this.appender?.close();
    this.appender = null;
    if (this.words.size === 0) return;
    const words = await this.database.append(`${this.table}_words`, ['VARCHAR', 'UINTEGER', 'VARCHAR']);
    for (const [field, fresh] of this.words) appendWords(words, field, fresh.takeFresh());
    words.close();
  }

  private appendAll(file: string, run: number): void {
    const constant = constantFiller(run);
    for (const batch of readTable(file, this.table)) {
      const data = this.columns.map(([name]) => batch.column(name));
      this.append(batch.rows, (to, start, rows) => {
        constant(to, 0, data[0]!, start, rows);
        for (let i = 0; i < data.length; i++) this.fillers[i]!(to, i + 1, data[i]!, start, rows);
      });
    }
  }

  private append(total: number, fill: (to: ColumnAppender, start: number, rows: number) => void): void {
    for (let start = 0; start < total; start += CHUNK_ROWS) {
      const rows = Math.min(CHUNK_ROWS, total - start);
      fill(this.appender!, start, rows);
      this.appender!.send(rows);
    }
    this.rows += total;
  }

  private stores(): Store[] {
    return ['USMALLINT', ...this.columns.map((c): Store => (isCoded(c) ? codeStore(c[0]) : storeOf(c[1])))];
  }

  private checkWidths(file: string): void {
    for (const [name, words] of this.words) {
      if (words.size > MOST[codeStore(name)]) throw new ShuttleError({ code: 'RUN_TOO_VARIED', file, column: name });
    }
  }
}

function appendWords(to: ColumnAppender, field: string, { first, words }: { first: number; words: string[] }): void {
  const codes = new Uint32Array(CHUNK_ROWS);
  for (let start = 0; start < words.length; start += CHUNK_ROWS) {
    const rows = Math.min(CHUNK_ROWS, words.length - start);
    for (let row = 0; row < rows; row++) {
      codes[row] = first + start + row;
      to.putText(0, row, field);
      to.putText(2, row, words[start + row]!);
    }
    to.putFixed(1, codes, 0, rows * codes.BYTES_PER_ELEMENT);
    to.send(rows);
  }
}
