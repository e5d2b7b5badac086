// The back of `shuttle query`: SQL over recorded runs.
import { ShuttleError } from '../native/contract/problem.js';
import { type Answer, Database } from './load/duck.js';
import { loadRuns } from './load/load.js';

export type { Answer } from './load/duck.js';

/**
 * Runs `text` over the tables `runs`, `interactions` (with `noise`), `payloads` and `processes` of the runs, each with
 * the column `run`. Several statements may be given; the last one's rows are the answer, as values safe in JSON
 * (numbers where exact, else text). Throws QUERY_FAILED with DuckDB's words, and what `loadRuns` throws.
 */
export async function queryRuns(folders: readonly string[], text: string): Promise<Answer> {
  const database = await Database.open();
  try {
    await loadRuns(database, folders);
    return await ask(database, text);
  } finally {
    database.close();
  }
}

async function ask(database: Database, text: string): Promise<Answer> {
  try {
    return await database.ask(text);
  } catch (error) {
    throw new ShuttleError({ code: 'QUERY_FAILED', error: (error as Error).message });
  }
}
