// A run folder of any size for measuring: every column filled, names repeating as a program's do.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Data, type DataType, Field, makeData, Schema, Utf8, type Vector, vectorFromArray } from 'apache-arrow';
import { type Column, FORMAT, OPS, SOURCES, TABLES, type TableName, VERDICTS } from '../../native/contract/words.js';
import { typeOf } from '../../tracer/arrow/types.js';
import { writeTable } from '../../tracer/arrow/write_table.js';

const numbered = (count: number, name: (n: number) => string) => Array.from({ length: count }, (_, n) => name(n));

const WORDS: Record<string, readonly string[]> = {
  vm: ['app', 'db'],
  image: numbered(40, (n) => `/usr/bin/program-${n}`),
  op: OPS,
  object: numbered(50_000, (n) => `/srv/data/folder-${n % 300}/file-${n}.dat`),
  peer: ['app', 'db', 'host', 'net'],
  verdict: VERDICTS,
  source: SOURCES,
};

interface Filled {
  column: Column;
  type: DataType;
  words: Vector | null;
}

/** Makes `folder` a run folder with this many interactions. */
export async function writeBenchRun(folder: string, rows: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'run.json'), JSON.stringify(infoOf()));
  for (const table of Object.keys(TABLES) as TableName[]) {
    await fillTable(join(folder, `${table}.arrow`), table, table === 'interactions' ? rows : 0);
  }
}

function infoOf(): Record<string, unknown> {
  const none = { seen: 0, stored: 0, lost: 0 };
  const vm = {
    program: ['/usr/bin/program-0'],
    exit_code: 0,
    variables: { home: '/home/bench', user: 'bench', uid: '1000' },
  };
  const what = { format: FORMAT, shuttle: 'bench', id: '20261122T101500Z-0000', system: 'bench', mode: 'allow' };
  const end = { started: '2026-11-22T10:15:00.000Z', duration_ms: 1000, outcome: 'ok', exit_code: 0, complete: true };
  const host = { kernel: '6.1', machine: 'x86_64' };
  return { ...what, ...end, host, vms: { app: vm, db: vm }, ledger: { engine: none, agent: none, dock: none } };
}

async function fillTable(file: string, table: TableName, rows: number): Promise<void> {
  const columns = TABLES[table].map((column, place): Filled => {
    const words = column[1] === 'dictionary' ? vectorFromArray(WORDS[column[0]] ?? ['x'], new Utf8()) : null;
    return { column, type: typeOf(column[1], place), words };
  });
  const schema = new Schema(columns.map(({ column, type }) => new Field(column[0], type, column[2] === 'null')));
  await writeTable(file, schema, rows, (start, length) => columns.map((column) => dataOf(column, start, length)));
}

// A small generator: the same rows each time.
function dataOf({ column: [, kind, nullable], type, words }: Filled, start: number, rows: number): Data {
  const isNull = nullable === 'null' && words === null;
  const nulls = isNull ? { nullCount: rows, nullBitmap: new Uint8Array(((rows + 63) >> 6) << 3) } : { nullCount: 0 };
  const base = { type, length: rows, ...nulls };
  if (kind === 'utf8' || kind === 'binary') {
    return makeData({ ...base, valueOffsets: new Int32Array(rows + 1), data: new Uint8Array(0) } as never);
  }
  const Values = words === null ? type.ArrayType : Int32Array; // a dictionary's own type is that of its words
  const values = new (Values as new (length: number) => Int32Array | BigInt64Array)(rows);
  const step = 48_271; // a prime: every word comes
  const size = words?.length ?? 0xffff;
  for (let row = 0; row < rows; row++) {
    const value = ((start + row) * step) % size;
    values[row] = (
      values instanceof BigInt64Array || values instanceof BigUint64Array ? BigInt(start + row) : value
    ) as never;
  }
  return makeData({ ...base, data: values, ...(words === null ? {} : { dictionary: words }) } as never);
}
