import { queryRuns } from '../../analyzer/query.js';
import { readSystemFile } from '../../policygen/file/parse.js';
import { isSystemFile } from '../options.js';
import { document, line, table } from '../print.js';
import type { QueryOptions } from '../query.js';
import { runFolders } from '../runs.js';

/** Loads the runs and prints what the SQL answers: a table, or a list of objects. */
export async function query(runs: string[], sql: string, options: QueryOptions): Promise<number> {
  const files = [...(options.system === undefined ? [] : [options.system]), ...runs.filter(isSystemFile)];
  const rules = files.length === 0 ? undefined : files.flatMap((file) => readSystemFile(file).rules);
  const folders = await runFolders(runs.filter((run) => !isSystemFile(run)));
  const { columns, rows } = await queryRuns(folders, sql, rules);
  if (options.json) document(rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at] ?? null]))));
  else
    for (const text of table(
      columns,
      rows.map((row) => row.map(shown)),
    ))
      line(text);
  return 0;
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
