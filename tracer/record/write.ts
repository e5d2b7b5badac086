// Writes a run folder from rows that are at hand: synthetic runs for tests and fixtures, and runs recorded by other tools.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Op, Source, TableName, Verdict } from '../../native/contract/words.js';
import { FORMAT } from '../../native/contract/words.js';
import type { Ledger } from '../../native/recorder.js';
import { batchOfCells, type Cell } from './cells.js';
import { Names } from './names.js';
import { rewriteStreams } from './rewrite.js';
import { NO_LEDGER, type RunInfo, writeRunInfo } from './run_info.js';
import { type Field, fieldsOf } from './schema.js';
import { type NewNames, streamFile, TableStream } from './stream.js';

/** A row of `interactions`; what is left out is 0, null, or counted on (`seq`, and `ts` in microseconds of it). */
export interface InteractionRow {
  seq?: number | bigint;
  ts?: number | bigint;
  vm: string;
  pid?: number;
  tid?: number;
  image?: string | null;
  op: Op;
  object: string;
  effective?: string | null;
  peer?: string | null;
  peer_image?: string | null;
  access?: number;
  verdict: Verdict;
  status?: number;
  rule?: string | null;
  latency?: number | bigint;
  parent?: number | bigint | null;
  channel?: number | null;
  source?: Source;
  /** JSON text, or what it is made of. */
  detail?: string | object | null;
}

export interface PayloadRow {
  channel: number;
  ts?: number | bigint;
  direction: 0 | 1;
  size?: number;
  bytes: Uint8Array;
}

export interface ProcessRow {
  vm: string;
  pid: number;
  vm_pid?: number;
  win_pid?: number | null;
  parent?: number | null;
  image?: string | null;
  /** JSON array, or the list itself. */
  argv?: string | readonly string[];
  started?: number | bigint;
  ended?: number | bigint | null;
  exit?: number | null;
}

export interface RunRows {
  interactions?: Iterable<InteractionRow>;
  payloads?: Iterable<PayloadRow>;
  processes?: Iterable<ProcessRow>;
}

const BATCH = 16384;

/**
 * Writes the run `info.id` of `info.system` below `runs` (a `.shuttle/runs`) and returns its folder. What `info` leaves
 * out is that of a complete run that went well. Throws where the run exists, or a row has a word that is none.
 */
export function writeRun(runs: string, info: Partial<RunInfo> & { id: string; system: string }, rows: RunRows): string {
  const folder = join(runs, info.system, info.id);
  mkdirSync(join(runs, info.system), { recursive: true, mode: 0o700 });
  mkdirSync(folder, { mode: 0o700 });
  const ledger = writeTables(folder, rows);
  writeRunInfo(folder, { ...DEFAULTS, ledger, ...info });
  return folder;
}

const DEFAULTS = {
  format: FORMAT,
  shuttle: '0.1.0',
  mode: 'allow',
  started: '2026-11-22T10:15:00.000Z',
  duration_ms: 1000,
  outcome: 'ok',
  exit_code: 0,
  complete: true,
  host: { kernel: '6.18.44', wine: '8.0', machine: 'x86_64' },
  vms: {},
} as const;

/** Writes the three tables into a folder that exists; the ledger of what was written. */
export function writeTables(folder: string, rows: RunRows): Ledger {
  const ledger: Ledger = structuredClone(NO_LEDGER);
  let seq = 0;
  const interactions = mapped(rows.interactions ?? [], (row) => {
    const { source = 'engine', detail = null } = row;
    const line = ledger[source === 'agent' || source === 'dock' ? source : 'engine'];
    line.seen++;
    line.stored++;
    const text = typeof detail === 'object' && detail !== null ? JSON.stringify(detail) : detail;
    const at = seq++;
    return { ...row, seq: row.seq ?? at, ts: row.ts ?? at * 1000, source, detail: text };
  });
  const payloads = mapped(rows.payloads ?? [], (row) => ({ ...row, size: row.size ?? row.bytes.length }));
  const processes = mapped(rows.processes ?? [], (row) => ({
    ...row,
    argv: typeof row.argv === 'string' ? row.argv : JSON.stringify(row.argv ?? []),
  }));
  writeTable(folder, 'interactions', interactions);
  writeTable(folder, 'payloads', payloads);
  writeTable(folder, 'processes', processes);
  rewriteStreams(folder);
  return ledger;
}

type AnyRow = Readonly<Record<string, unknown>>;

function writeTable(folder: string, table: TableName, rows: Iterable<object>): void {
  const stream = new TableStream(streamFile(folder, table), table);
  const encoder = new Encoder(fieldsOf(table));
  try {
    let waiting: Cell[][] = [];
    const flush = (): void => {
      stream.write(batchOfCells(fieldsOf(table), waiting), encoder.takeNames());
      waiting = [];
    };
    for (const row of rows) {
      waiting.push(encoder.encode(row as AnyRow));
      if (waiting.length === BATCH) flush();
    }
    flush();
    stream.end();
  } finally {
    stream.close();
  }
}

/** Turns values into cells, and names into numbers as the native recorder does. */
class Encoder {
  private readonly names: Names;

  constructor(private readonly fields: readonly Field[]) {
    this.names = new Names(fields);
  }

  encode(row: AnyRow): Cell[] {
    return this.fields.map((field, at) => this.cell(field, at, row[field.name] ?? null));
  }

  takeNames(): NewNames[] {
    return this.names.take();
  }

  private cell(field: Field, at: number, value: unknown): Cell {
    if (value === null) return field.nullable ? null : this.cell(field, at, field.dictionary === null ? 0 : '');
    if (field.type === 'dictionary') return this.names.number(at, String(value));
    if (field.type === 'utf8') return Buffer.from(String(value));
    return value as Cell;
  }
}

function* mapped<From, To>(items: Iterable<From>, map: (item: From) => To): Generator<To> {
  for (const item of items) yield map(item);
}
