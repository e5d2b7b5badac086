// An answer as an Arrow file. DuckDB's own writer is an extension to be downloaded, so it is not used.
import { closeSync, openSync, writeSync } from 'node:fs';
import {
  Binary,
  Bool,
  type DataType,
  DateDay,
  Decimal,
  Field,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  makeBuilder,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  Schema,
  Struct,
  TimestampMicrosecond,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
} from 'apache-arrow';
import type { Bare, Database } from '../load/duck.js';

const TYPES: Readonly<Record<string, () => DataType>> = {
  BOOLEAN: () => new Bool(),
  TINYINT: () => new Int8(),
  SMALLINT: () => new Int16(),
  INTEGER: () => new Int32(),
  BIGINT: () => new Int64(),
  UTINYINT: () => new Uint8(),
  USMALLINT: () => new Uint16(),
  UINTEGER: () => new Uint32(),
  UBIGINT: () => new Uint64(),
  HUGEINT: () => new Decimal(0, 38, 128),
  FLOAT: () => new Float32(),
  DOUBLE: () => new Float64(),
  BLOB: () => new Binary(),
  DATE: () => new DateDay(),
  TIMESTAMP: () => new TimestampMicrosecond(),
  'TIMESTAMP WITH TIME ZONE': () => new TimestampMicrosecond('UTC'),
};

/** DuckDB's type as Arrow's; lists, structures and what else has no equal here are text, as in JSON. */
export function arrowTypeOf(type: string): DataType {
  const [, width, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(type) ?? [];
  if (width !== undefined) return new Decimal(Number(scale), Number(width), 128);
  return TYPES[type]?.() ?? new Utf8();
}

// A batch as DuckDB gives them has 2,048 rows; fewer and larger ones are read quicker.
const BATCH = 1 << 16;

/** Writes what one statement answers. */
export async function writeArrow(database: Database, sql: string, file: string): Promise<void> {
  const { columns, types, rows } = await database.stream(sql);
  const fields = columns.map((name, at) => new Field(name, arrowTypeOf(types[at]!), true));
  const schema = new Schema(fields);
  const writer = new RecordBatchFileWriter();
  const descriptor = openSync(file, 'w', 0o600);
  try {
    const drained = drain(writer, descriptor);
    let gathered: Bare[][] = [];
    let batches = 0;
    const send = () => {
      writer.write(batchOf(schema, gathered));
      gathered = [];
      batches++;
    };
    for await (const some of rows) {
      gathered = gathered.concat(some);
      if (gathered.length >= BATCH) send();
    }
    if (gathered.length > 0 || batches === 0) send();
    writer.close();
    await drained;
  } finally {
    closeSync(descriptor);
  }
}

async function drain(writer: RecordBatchFileWriter, descriptor: number): Promise<void> {
  for await (const bytes of writer) writeSync(descriptor, bytes as Uint8Array);
}

function batchOf(schema: Schema, rows: readonly Bare[][]): RecordBatch {
  const children = schema.fields.map(({ type }, at) => {
    const builder = makeBuilder({ type: storedAs(type), nullValues: [null] });
    for (const row of rows) builder.append(asStored(row[at] ?? null, type));
    builder.finish();
    return builder.flush().clone(type);
  });
  return new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: rows.length, children }));
}

/** Arrow's builders of days and moments take milliseconds and round: the numbers themselves are put in instead. */
function storedAs(type: DataType): DataType {
  if (type instanceof DateDay) return new Int32();
  return type instanceof TimestampMicrosecond ? new Int64() : type;
}

const asStored = (value: Bare, type: DataType): unknown =>
  value !== null && type instanceof Decimal ? words128(BigInt(value as bigint)) : value;

/** 128 bits of two's complement, the lowest first. */
const words128 = (value: bigint): Uint32Array =>
  Uint32Array.from([0n, 32n, 64n, 96n], (shift) => Number((value >> shift) & 0xffffffffn));
