import { Database } from '../../analyzer/load/duck.js';
import { loadRuns } from '../../analyzer/load/load.js';
import { ShuttleError } from '../../native/contract/problem.js';
import { document, line, table } from '../print.js';
import type { QueryOptions } from '../query.js';
import { runFolders } from '../runs.js';

/** Loads the runs and prints what the SQL answers: a table, or a list of objects. */
export async function query(runs: string[], sql: string, options: QueryOptions): Promise<number> {
  const database = await Database.open();
  await loadRuns(database, await runFolders(runs));
  const answer = await ask(database, sql);
  if (options.json)
    document(answer.rows.map((row) => Object.fromEntries(answer.columns.map((name, at) => [name, row[at] ?? null]))));
  else for (const text of table(answer.columns, answer.rows.map((row) => row.map(shown)))) line(text);
  database.close();
  return 0;
}

async function ask(database: Database, sql: string) {
  try {
    return await database.ask(sql);
  } catch (error) {
    throw new ShuttleError({ code: 'QUERY_FAILED', error: (error as Error).message });
  }
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
