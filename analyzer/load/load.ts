// Run folders into a database: what run.json says, and each Arrow file, row by row in columns.
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { ShuttleError } from '../../native/contract/problem.js';
import { CLASSES, type TableName } from '../../native/contract/words.js';
import { openRun } from '../../tracer/record/read.js';
import type { RunInfo } from '../../tracer/record/run_info.js';
import { make } from '../models/make.js';
import { sql } from '../sql.js';
import type { Database } from './duck.js';
import { fillNoisePatterns } from './noise.js';
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
  const runs = await openRuns(folders);
  await database.run(sql('load/schema'));
  await fillOps(database);
  for (const run of runs) await insertInfo(database, run);
  for (const table of options.tables ?? TABLE_NAMES) await fillTable(database, table, runs);
  await fillNoisePatterns(database);
  await make(database, ['noise']);
  await database.run(sql('load/views'));
  return runs;
}

/** Opens each folder, finishing torn runs; a folder given twice counts once. Throws what `openRun` throws. */
export async function openRuns(folders: readonly string[]): Promise<LoadedRun[]> {
  if (folders.length === 0) throw new ShuttleError({ code: 'RUNS_NONE' });
  const real = [...new Set(folders.map((folder) => (existsSync(folder) ? realpathSync(folder) : folder)))];
  const runs: LoadedRun[] = [];
  for (const folder of real) runs.push({ folder, info: await openRun(folder) });
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
  for (const [at, { folder }] of runs.entries()) await load.load(join(folder, `${table}.arrow`), at + 1);
  await load.close();
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
    shuttle: info.shuttle,
    system: info.system,
    mode: info.mode,
    started: info.started,
    duration_ms: info.duration_ms,
    outcome: info.outcome,
    exit_code: info.exit_code,
    complete: info.complete,
    kernel: info.host.kernel,
    wine: info.host.wine ?? null,
    machine: info.host.machine,
  });
  for (const [vm, said] of Object.entries(info.vms)) {
    const program = JSON.stringify(said.program);
    const windows = said.windows ?? null;
    await database.run(sql('load/insert_vm'), { run, vm, program, windows, exit_code: said.exit_code });
    for (const [token, value] of Object.entries(said.variables)) {
      await database.run(sql('load/insert_variable'), { run, vm, token, value: value });
    }
  }
  for (const [source, { seen, stored, lost }] of Object.entries(info.ledger)) {
    await database.run(sql('load/insert_ledger'), { run, source, seen, stored, lost });
  }
}
