// The one file that knows DuckDB's calls: opening a database, running SQL, and filling a table column by column through
// one reused chunk of 2,048 rows. Row values never become JavaScript values on the way in.

import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import type { DuckDBAppender, DuckDBConnection, DuckDBInstance, DuckDBValueConverter, Json } from '@duckdb/node-api';
import * as duckdb from '@duckdb/node-api';
import bindings from '@duckdb/node-bindings';

/** Rows of one chunk: DuckDB's own vector size. */
export const CHUNK_ROWS = 2048;

const STORES = {
  TINYINT: duckdb.TINYINT,
  UTINYINT: duckdb.UTINYINT,
  USMALLINT: duckdb.USMALLINT,
  INTEGER: duckdb.INTEGER,
  UINTEGER: duckdb.UINTEGER,
  BIGINT: duckdb.BIGINT,
  UBIGINT: duckdb.UBIGINT,
  VARCHAR: duckdb.VARCHAR,
  BLOB: duckdb.BLOB,
};

/** How a column is stored. */
export type Store = keyof typeof STORES;
export type Parameters = Record<string, string | number | bigint | boolean | null>;

/** What `query` gives: values safe in JSON (numbers where exact, else text). */
export interface Answer {
  columns: string[];
  /** DuckDB's names of the columns' types. */
  types: string[];
  rows: Json[][];
}

// Nothing is fetched while analysing: what this build of DuckDB lacks is lacking, not downloaded.
const OPTIONS = { autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' };

const IN_MEMORY = ':memory:';

/** A value of an answer with nothing lost: big integers, bytes, dates in days and moments in microseconds since 1970. */
export type Bare = null | boolean | number | bigint | string | Uint8Array;

const bare: DuckDBValueConverter<Bare> = (value, type, converter) => {
  if (value === null || typeof value !== 'object') return value ?? null;
  if (value instanceof duckdb.DuckDBBlobValue) return value.bytes;
  if (value instanceof duckdb.DuckDBDateValue) return value.days;
  if (value instanceof duckdb.DuckDBTimestampValue || value instanceof duckdb.DuckDBTimestampTZValue)
    return value.micros;
  if (value instanceof duckdb.DuckDBDecimalValue) return value.value;
  const json = plain(value, type, converter as never);
  return typeof json === 'string' ? json : JSON.stringify(json);
};

const plain: DuckDBValueConverter<Json> = (value, type, converter) => {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof duckdb.DuckDBDecimalValue) return value.width <= 15 ? value.toDouble() : String(value);
  return duckdb.JsonDuckDBValueConverter(value, type, converter);
};

/** A DuckDB database in memory or in a file, with one connection. */
export class Database {
  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    private megabytes: number | null,
  ) {}

  /**
   * Opens `file`, or a database in memory. `megabytes` is DuckDB's limit, above which it spills to disk. What it cannot
   * spill gets more, up to half of the machine's memory.
   */
  static async open(file = IN_MEMORY, megabytes: number | null = null): Promise<Database> {
    const options: Record<string, string> = { ...OPTIONS };
    if (megabytes !== null) options.memory_limit = `${megabytes}MB`;
    // What a database in memory spills goes where temporary things go, not into the user's folder.
    if (file === IN_MEMORY) options.temp_directory = join(tmpdir(), `shuttle-${process.pid}.spill`);
    const instance = await duckdb.DuckDBInstance.create(file, options);
    return new Database(instance, await instance.connect(), megabytes);
  }

  /** Runs one or more statements; parameters (`$name`) go to the last. Throws DuckDB's own error. */
  async run(sql: string, parameters?: Parameters): Promise<void> {
    await this.withMore(() => this.connection.run(sql, parameters));
  }

  /** Runs SQL and gives the last statement's rows. */
  async ask(sql: string, parameters?: Parameters): Promise<Answer> {
    const result = await this.withMore(() => this.connection.run(sql, parameters));
    return {
      columns: result.deduplicatedColumnNames(),
      types: result.columnTypes().map(String),
      rows: (await result.convertRows(plain)) as Json[][],
    };
  }

  /** Rows as objects of the caller's shape, a batch at a time, so that a long answer never stands in memory whole. */
  async *each<Row>(sql: string, parameters?: Parameters): AsyncGenerator<Row> {
    const result = await this.connection.stream(sql, parameters);
    for await (const rows of result.yieldConvertedRowObjects(plain)) yield* rows as Row[];
  }

  /** All rows as objects of the caller's shape. */
  async all<Row>(sql: string, parameters?: Parameters): Promise<Row[]> {
    const result = await this.withMore(() => this.connection.run(sql, parameters));
    return (await result.convertRowObjects(plain)) as Row[];
  }

  /** The answer of one statement with nothing lost, some rows at a time. */
  async stream(sql: string): Promise<{ columns: string[]; types: string[]; rows: AsyncIterable<Bare[][]> }> {
    const result = await this.connection.stream(sql);
    const rows = result.yieldConvertedRows(bare);
    return { columns: result.deduplicatedColumnNames(), types: result.columnTypes().map(String), rows };
  }

  /** Ends what is being asked: it throws. */
  cancel(): void {
    this.connection.interrupt();
  }

  /** Fills `table`, whose columns are stored as `stores` say, in order. Close it before reading the table. */
  async append(table: string, stores: readonly Store[]): Promise<ColumnAppender> {
    return new ColumnAppender(await this.connection.createAppender(table), stores);
  }

  /** Appends rows of text to `table`, all of whose columns are text. */
  async fill(table: string, rows: readonly (readonly (string | null)[])[]): Promise<void> {
    const width = rows[0]?.length ?? 0;
    if (width === 0) return;
    const appender = await this.append(table, Array<Store>(width).fill('VARCHAR'));
    for (let start = 0; start < rows.length; start += CHUNK_ROWS) {
      appender.putTexts(rows.slice(start, start + CHUNK_ROWS));
    }
    appender.close();
  }

  /** Asks again with more memory where there was too little. */
  private async withMore<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (!/^Out of Memory Error/.test((error as Error).message) || !(await this.takeMore())) throw error;
      }
    }
  }

  private async takeMore(): Promise<boolean> {
    if (this.megabytes === null || this.megabytes * 2 > totalmem() / 2e6) return false;
    this.megabytes *= 2;
    await this.connection.run(`set memory_limit = '${this.megabytes}MB'`);
    return true;
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }
}

/** Copies columns into a table, chunk by chunk: put each column of a chunk, then send it. */
export class ColumnAppender {
  private readonly chunk: duckdb.DuckDBDataChunk;
  private readonly vectors: Vector[];

  constructor(
    private readonly appender: DuckDBAppender,
    stores: readonly Store[],
  ) {
    this.chunk = duckdb.DuckDBDataChunk.create(stores.map((store) => STORES[store]));
    this.vectors = stores.map((_, column) => bindings.data_chunk_get_vector(this.chunk.chunk, column));
  }

  /** The first `rows` values of a fixed width, as they stand in memory. */
  putFixed(column: number, values: ArrayBufferView, byteOffset: number, bytes: number): void {
    mustHold(values, byteOffset + bytes);
    const buffer = values.buffer as ArrayBuffer;
    bindings.copy_data_to_vector(this.vectors[column]!, 0, buffer, values.byteOffset + byteOffset, bytes);
  }

  /** One bit a row, 1 for a value and 0 for null, starting at a whole byte. */
  putValidity(column: number, bits: Uint8Array, byteOffset: number, bytes: number): void {
    mustHold(bits, byteOffset + bytes);
    const vector = this.vectors[column]!;
    bindings.vector_ensure_validity_writable(vector);
    const buffer = bits.buffer as ArrayBuffer;
    bindings.copy_data_to_vector_validity(vector, 0, buffer, bits.byteOffset + byteOffset, bytes);
  }

  /** Text or bytes of one row. */
  putBytes(column: number, row: number, bytes: Uint8Array): void {
    bindings.vector_assign_string_element_len(this.vectors[column]!, row, bytes);
  }

  putText(column: number, row: number, text: string): void {
    bindings.vector_assign_string_element(this.vectors[column]!, row, text);
  }

  /** A whole chunk of text; null stands for null. */
  putTexts(rows: readonly (readonly (string | null)[])[]): void {
    for (let column = 0; column < this.vectors.length; column++) {
      const valid = new Uint8Array(CHUNK_ROWS >> 3);
      for (const [row, values] of rows.entries()) {
        const text = values[column]!;
        if (text === null) continue;
        this.putText(column, row, text);
        valid[row >> 3]! |= 1 << (row & 7);
      }
      this.putValidity(column, valid, 0, valid.byteLength);
    }
    this.send(rows.length);
  }

  /** Appends the chunk's first `rows` rows and empties it. */
  send(rows: number): void {
    bindings.data_chunk_set_size(this.chunk.chunk, rows);
    this.appender.appendDataChunk(this.chunk);
    bindings.data_chunk_reset(this.chunk.chunk);
  }

  close(): void {
    this.appender.closeSync();
  }
}

// DuckDB copies from memory without asking how far it goes; a damaged file must not make it read past the end.
function mustHold(values: ArrayBufferView, bytes: number): void {
  if (bytes > values.byteLength) throw new RangeError('a column is shorter than its batch');
}

type Vector = ReturnType<typeof bindings.data_chunk_get_vector>;
