// Run folders into a database: what run.json says, and each Arrow file, row by row in columns.
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { ShuttleError } from '../../native/contract/problem.js';
import { CLASSES, type TableName } from '../../native/contract/words.js';
import { make } from '../models/make.js';
import { sql } from '../sql.js';
import type { Database } from './duck.js';
import { fillNoisePatterns } from './noise.js';
import { type RunInfo, readRunInfo } from './run_info.js';
import { TableLoad } from './table.js';

export interface LoadedRun {
  folder: string;
  info: RunInfo;
}

const TABLE_NAMES: readonly TableName[] = ['interactions', 'payloads', 'processes'];

/** Which of the three tables to load: inference without payloads is quicker. */
export interface LoadOptions {
  tables?: readonly TableName[];
}

/**
 * Makes the tables and views of `database` and fills them from run folders, in the order of the runs' ids whatever the
 * order given. Throws RUNS_NONE, RUN_ID_TWICE and what reading a run throws.
 */
export async function loadRuns(
  database: Database,
  folders: readonly string[],
  options: LoadOptions = {},
): Promise<LoadedRun[]> {
  const runs = openRuns(folders);
  await database.run(sql('load/schema'));
  await fillOps(database);
  for (const run of runs) await insertInfo(database, run);
  for (const table of options.tables ?? TABLE_NAMES) await fillTable(database, table, runs);
  await fillNoisePatterns(database);
  await make(database, ['noise']);
  await database.run(sql('load/views'));
  return runs;
}

/** Reads the run.json of each folder; a folder given twice counts once. */
export function openRuns(folders: readonly string[]): LoadedRun[] {
  if (folders.length === 0) throw new ShuttleError({ code: 'RUNS_NONE' });
  const real = [...new Set(folders.map((folder) => (existsSync(folder) ? realpathSync(folder) : folder)))];
  const runs = real.map((folder) => ({ folder, info: readRunInfo(folder) }));
  runs.sort((a, b) => (a.info.id < b.info.id ? -1 : a.info.id > b.info.id ? 1 : 0));
  for (const [at, run] of runs.entries()) {
    const next = runs[at + 1];
    if (next?.info.id === run.info.id) {
      throw new ShuttleError({ code: 'RUN_ID_TWICE', id: run.info.id, folders: [run.folder, next.folder].sort() });
    }
  }
  return runs;
}

/** Throws RUNS_MIXED unless all runs are of one system; gives its name. */
export function systemOf(runs: readonly LoadedRun[]): string {
  const systems = [...new Set(runs.map(({ info }) => info.system))].sort();
  if (systems.length > 1) throw new ShuttleError({ code: 'RUNS_MIXED', systems });
  return systems[0]!;
}

async function fillTable(database: Database, table: TableName, runs: readonly LoadedRun[]): Promise<void> {
  const load = new TableLoad(database, table);
  for (const [at, { folder }] of runs.entries()) await load.load(tableFile(folder, table), at + 1);
  await load.close();
}

// A finished run has files; one that is still recording, or was torn and not finished, has streams.
function tableFile(folder: string, table: TableName): string {
  const file = join(folder, `${table}.arrow`);
  if (existsSync(file)) return file;
  if (existsSync(`${file}s`)) return `${file}s`;
  throw new ShuttleError({ code: 'RUN_NOT_A_RUN', folder, missing: `it has no ${table}.arrow` });
}

async function fillOps(database: Database): Promise<void> {
  for (const [kind, ops] of Object.entries(CLASSES)) {
    for (const op of ops) await database.run(sql('load/insert_op'), { op, class: kind });
  }
}

async function insertInfo(database: Database, { folder, info }: LoadedRun): Promise<void> {
  const { id: run } = info;
  await database.run(sql('load/insert_run'), {
    run,
    folder,
    format: info.format,
    shuttle: info.shuttle ?? null,
    system: info.system,
    mode: info.mode ?? null,
    started: info.started ?? null,
    duration_ms: info.duration_ms ?? null,
    outcome: info.outcome ?? null,
    exit_code: info.exit_code ?? null,
    complete: info.complete === true,
    kernel: info.host?.kernel ?? null,
    wine: info.host?.wine ?? null,
    machine: info.host?.machine ?? null,
  });
  for (const [vm, said] of Object.entries(info.vms ?? {})) {
    const program = JSON.stringify(said.program ?? []);
    const windows = said.windows ?? null;
    await database.run(sql('load/insert_vm'), { run, vm, program, windows, exit_code: said.exit_code ?? null });
    for (const [token, value] of Object.entries(said.variables ?? {})) {
      await database.run(sql('load/insert_variable'), { run, vm, token, value: String(value) });
    }
  }
  for (const [source, { seen, stored, lost }] of Object.entries(info.ledger ?? {})) {
    await database.run(sql('load/insert_ledger'), { run, source, seen, stored, lost });
  }
}
