// How fast runs load: rows per second from files on disk into DuckDB, and the most memory that took.
import { Database } from '../load/duck.js';
import { fillTables, openRuns } from '../load/load.js';

export interface LoadMeasure {
  rows: number;
  seconds: number;
  rows_per_second: number;
  /** Most memory of this process so far, in bytes: measure in a process of its own. */
  rss: number;
}

// What DuckDB may hold before it writes to its file; the rest of the process comes on top.
const MEMORY = 150;

/** Loads run folders (see `writeBenchRun`) into memory, or into the database file `file`, which must not exist yet. */
export async function measureLoad(folders: readonly string[], file?: string): Promise<LoadMeasure> {
  const database = await Database.open(file, file === undefined ? null : MEMORY);
  const began = process.hrtime.bigint();
  await fillTables(database, await openRuns(folders));
  if (file !== undefined) await database.run('checkpoint');
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  const { rows } = (await database.all<{ rows: number }>('select count(*) as rows from interactions_coded'))[0]!;
  database.close();
  return { rows, seconds, rows_per_second: rows / seconds, rss: process.resourceUsage().maxRSS * 1024 };
}
