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
import { fillRunInfo } from './run_info.js';
import { TableLoad } from './table.js';

export interface LoadedRun {
  folder: string;
  info: RunInfo;
}

const TABLE_NAMES: readonly TableName[] = ['interactions', 'payloads', 'processes'];

// Runs are told apart by 16 bits.
const MOST_RUNS = 0xffff;

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
  await fillTables(database, runs, options);
  await fillNoisePatterns(database);
  await make(database, ['noise']);
  await database.run(sql('load/views'));
  return runs;
}

/** The first half of `loadRuns`: tables as they stand in the runs, before anything is concluded or named. */
export async function fillTables(
  database: Database,
  runs: readonly LoadedRun[],
  options: LoadOptions = {},
): Promise<void> {
  await database.run(sql('load/schema'));
  await fillOps(database);
  await fillRunInfo(database, runs);
  for (const table of options.tables ?? TABLE_NAMES) await fillTable(database, table, runs);
}

/** Opens each folder, finishing torn runs; a folder given twice counts once. Throws what `openRun` throws. */
export async function openRuns(folders: readonly string[]): Promise<LoadedRun[]> {
  if (folders.length === 0) throw new ShuttleError({ code: 'RUNS_NONE' });
  const real = [...new Set(folders.map((folder) => (existsSync(folder) ? realpathSync(folder) : folder)))];
  const runs: LoadedRun[] = [];
  for (const folder of real) runs.push({ folder, info: await openRun(folder) });
  runs.sort((a, b) => (a.info.id < b.info.id ? -1 : a.info.id > b.info.id ? 1 : 0));
  if (runs.length > MOST_RUNS) {
    throw new ShuttleError({ code: 'RUN_TOO_VARIED', file: runs[MOST_RUNS]!.folder, column: 'run' });
  }
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
  await database.fill(
    'ops',
    Object.entries(CLASSES).flatMap(([kind, ops]) => ops.map((op) => [op, kind])),
  );
}
