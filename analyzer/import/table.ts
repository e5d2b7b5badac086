// A table of a run folder built row by row in typed columns and written as an Arrow file. Rows never stand in memory as
// objects once they were added, so that a run of millions of rows can be made.
import { type Data, type DataType, Field, makeData, Schema, Utf8, type Vector, vectorFromArray } from 'apache-arrow';
import { ARRAYS, type Column, TABLES, type TableName } from '../../native/contract/words.js';
import { typeOf } from '../../tracer/arrow/types.js';
import { writeTable } from '../../tracer/arrow/write_table.js';

/** A row by its columns' names; what it leaves out is null, or empty or 0 where the column may not be null. */
export type Row = Readonly<Record<string, string | number | Uint8Array | null | undefined>>;

const FIRST = 1 << 10; // rows there is room for at first

type Fixed = InstanceType<(typeof ARRAYS)[keyof typeof ARRAYS]>;

class ColumnBuilder {
  private values: Fixed | null;
  private readonly texts: (string | Uint8Array | null)[] = [];
  private valid = new Uint8Array(FIRST);
  private nulls = 0;
  private readonly codes = new Map<string, number>();

  constructor(
    private readonly column: Column,
    private readonly place: number,
  ) {
    this.values = column[1] === 'utf8' || column[1] === 'binary' ? null : new ARRAYS[column[1]](FIRST);
  }

  get field(): Field {
    return new Field(this.column[0], this.type, this.column[2] === 'null');
  }

  put(row: number, value: Row[string]): void {
    if (row >= this.valid.length) this.grow();
    if (value === undefined || value === null) {
      if (this.column[2] === 'null') this.nulls++;
      else this.put(row, this.column[1] === 'utf8' || this.column[1] === 'dictionary' ? '' : 0);
      if (this.values === null && this.column[2] === 'null') this.texts.push(null);
      return;
    }
    this.valid[row] = 1;
    if (this.values === null) this.texts.push(value === 0 ? new Uint8Array(0) : (value as string | Uint8Array));
    else if (this.values instanceof BigInt64Array || this.values instanceof BigUint64Array)
      this.values[row] = BigInt(Math.round(value as number));
    else this.values[row] = this.column[1] === 'dictionary' ? this.codeOf(value as string) : (value as number);
  }

  /** Rows `start` to `start + rows` as Arrow has them. */
  data(start: number, rows: number): Data {
    const nulls = this.nulls === 0 ? { nullCount: 0 } : this.bits(start, rows);
    const base = { type: this.type, length: rows, ...nulls };
    if (this.values === null) return this.bytes(base, start, rows);
    const words = this.column[1] === 'dictionary' ? { dictionary: this.words() } : {};
    return makeData({ ...base, data: this.values.slice(start, start + rows), ...words } as never);
  }

  private get type(): DataType {
    this.made ??= typeOf(this.column[1], this.place);
    return this.made;
  }
  private made: DataType | null = null;

  private wordsMade: Vector | null = null;
  private words(): Vector {
    this.wordsMade ??= vectorFromArray(this.codes.size === 0 ? [''] : [...this.codes.keys()], new Utf8());
    return this.wordsMade;
  }

  private codeOf(word: string): number {
    const known = this.codes.get(word);
    if (known !== undefined) return known;
    this.codes.set(word, this.codes.size);
    return this.codes.size - 1;
  }

  private grow(): void {
    const valid = new Uint8Array(this.valid.length * 2);
    valid.set(this.valid);
    this.valid = valid;
    if (this.values === null) return;
    const values = new (this.values.constructor as new (n: number) => Fixed)(valid.length);
    values.set(this.values as never);
    this.values = values;
  }

  private bits(start: number, rows: number): { nullCount: number; nullBitmap: Uint8Array } {
    const nullBitmap = new Uint8Array(((rows + 63) >> 6) << 3);
    let nullCount = 0;
    for (let row = 0; row < rows; row++) {
      if (this.valid[start + row] === 1) nullBitmap[row >> 3]! |= 1 << (row & 7);
      else nullCount++;
    }
    return { nullCount, nullBitmap };
  }

  private bytes(base: object, start: number, rows: number): Data {
    const pieces = this.texts
      .slice(start, start + rows)
      .map((one) => (typeof one === 'string' ? Buffer.from(one) : one));
    const valueOffsets = new Int32Array(rows + 1);
    for (const [row, piece] of pieces.entries()) valueOffsets[row + 1] = valueOffsets[row]! + (piece?.length ?? 0);
    const data = Buffer.concat(pieces.filter((piece) => piece !== null));
    return makeData({ ...base, valueOffsets, data } as never);
  }
}

export class TableBuilder {
  rows = 0;
  private readonly columns: readonly { name: string; builder: ColumnBuilder }[];

  constructor(table: TableName) {
    this.columns = TABLES[table].map((column, place) => ({
      name: column[0],
      builder: new ColumnBuilder(column, place),
    }));
  }

  add(row: Row): void {
    for (const { name, builder } of this.columns) builder.put(this.rows, row[name]);
    this.rows++;
  }

  /** Writes all rows added so far. */
  async write(file: string): Promise<void> {
    const schema = new Schema(this.columns.map(({ builder }) => builder.field));
    await writeTable(file, schema, this.rows, (start, rows) =>
      this.columns.map(({ builder }) => builder.data(start, rows)),
    );
  }
}
