// Loading a recorded run into DuckDB, measured.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Database } from '../analyzer/load/duck.js';
import { TableLoad } from '../analyzer/load/table.js';
import { sql } from '../analyzer/sql.js';
import { Recorder } from '../tracer/record/recorder.js';

export interface LoadFigures {
  rows: number;
  rowsPerSecond: number;
  /** The process's largest size, in bytes. */
  rss: number;
}

/** Makes the record of a run of that many rows, a thousandth of them with a new name. */
export async function writeRows(folder: string, rows: number): Promise<void> {
  const recorder = await Recorder.open(folder);
  await recorder.native.selfTest({ rows, threads: 1, names: Math.ceil(rows / 1000) });
  await recorder.close();
}

/** Loads the interactions of `run` into a database in memory, or in a file of the folder `into`. */
export async function loadOnce(run: string, into?: string): Promise<LoadFigures> {
  const file = into === undefined ? undefined : join(into, 'rows.db');
  if (file !== undefined) rmSync(file, { force: true });
  const database = await Database.open(file, file === undefined ? undefined : '300MB');
  await database.run(sql('load/schema'));
  const began = performance.now();
  const table = new TableLoad(database, 'interactions');
  await table.load(join(run, 'interactions.arrow'), 1);
  await table.close();
  if (file !== undefined) database.close();
  const seconds = (performance.now() - began) / 1000;
  const rss = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) * 1024;
  return { rows: table.rows, rowsPerSecond: table.rows / seconds, rss };
}
