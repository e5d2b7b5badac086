// Writes a run folder in the published format from rows given as objects; what a row leaves out gets a plain default.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Table, tableToIPC, vectorFromArray } from 'apache-arrow';
import { type Column, type ColumnType, TABLES, type TableName } from '../../native/contract/words.js';
import { typeOf } from '../../tracer/arrow/types.js';

export type Row = Record<string, unknown>;

export interface RunGiven {
  id?: string;
  system?: string;
  mode?: string;
  started?: string;
  complete?: boolean;
  vms?: Record<string, Row>;
  interactions?: readonly Row[];
  payloads?: readonly Row[];
  processes?: readonly Row[];
  [key: string]: unknown;
}

const DEFAULTS: Record<TableName, Row> = {
  interactions: { vm: 'app', op: 'tcp.connect', object: 'x:1', verdict: 'shuttled', source: 'engine', pid: 100 },
  payloads: { bytes: new Uint8Array(0) },
  processes: { vm: 'app', argv: '[]', pid: 100, vm_pid: 2, image: '/bin/app' },
};

/** Makes `folder` a run folder; `form` 'stream' leaves it as an unfinished recording would. */
export function writeRun(folder: string, given: RunGiven, form: 'file' | 'stream' = 'file'): string {
  const { interactions = [], payloads = [], processes = [], ...info } = given;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'run.json'), JSON.stringify(infoOf(info)));
  const rows = { interactions: interactions.map((row, seq) => ({ seq, ts: seq, ...row })), payloads, processes };
  for (const table of Object.keys(TABLES) as TableName[]) {
    const name = form === 'file' ? `${table}.arrow` : `${table}.arrows`;
    writeFileSync(join(folder, name), tableToIPC(tableOf(table, rows[table]), form));
  }
  return folder;
}

function infoOf(info: Row): Row {
  return {
    format: 1,
    shuttle: '0.1.0',
    id: '20261122T101500Z-0001',
    system: 'orders',
    mode: 'allow',
    started: '2026-11-22T10:15:00.000Z',
    duration_ms: 1000,
    outcome: 'ok',
    exit_code: 0,
    complete: true,
    host: { kernel: '6.1', machine: 'x86_64' },
    vms: { app: { program: ['app'], exit_code: 0, variables: {} } },
    ledger: {
      engine: { seen: 0, stored: 0, lost: 0 },
      agent: { seen: 0, stored: 0, lost: 0 },
      dock: { seen: 0, stored: 0, lost: 0 },
    },
    ...info,
  };
}

function tableOf(table: TableName, rows: readonly Row[]): Table {
  const columns = TABLES[table].map(
    (column, place) => [column[0], vectorOf(column, place, rows, DEFAULTS[table])] as const,
  );
  return new Table(Object.fromEntries(columns));
}

function vectorOf([name, type, nullable]: Column, place: number, rows: readonly Row[], defaults: Row) {
  const values = rows.map((row) => convert(type, { [name]: nullable ? null : zero(type), ...defaults, ...row }[name]));
  return vectorFromArray(values as never[], typeOf(type, place) as never);
}

const zero = (type: ColumnType) => (type === 'utf8' || type === 'dictionary' ? '' : 0);

function convert(type: ColumnType, value: unknown): unknown {
  if (value === null) return null;
  return type === 'int64' || type === 'uint64' ? BigInt(value as number) : value;
}
