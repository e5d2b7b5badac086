// One question to one run. Apart from who asks, because DuckDB takes long to load.
import { Database } from '../../analyzer/load/duck.js';
import { loadRuns } from '../../analyzer/load/load.js';
import { sql } from '../../analyzer/sql.js';

/** The rows of a query of the analyzer's, named by its file. */
export async function askRun<Row>(folder: string, query: string): Promise<Row[]> {
  const database = await Database.open();
  try {
    await loadRuns(database, [folder], { tables: ['interactions'] });
    return await database.all<Row>(sql(query));
  } finally {
    database.close();
  }
}
