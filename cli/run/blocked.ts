// What a run was refused.
import { Database } from '../../analyzer/load/duck.js';
import { loadRuns } from '../../analyzer/load/load.js';
import { sql } from '../../analyzer/sql.js';
import { countVerdict } from '../../tracer/record/count.js';
import { note, paint, table } from '../print.js';

export interface Blocked {
  op: string;
  object: string;
  from: string;
  to: string | null;
  times: number;
}

/** The blocked interactions of a run, most frequent first. DuckDB is loaded only where there are some. */
export async function blockedIn(folder: string): Promise<Blocked[]> {
  if (countVerdict(folder, 'blocked') === 0) return [];
  const database = await Database.open();
  await loadRuns(database, [folder], { tables: ['interactions'] });
  const rows = await database.all<Blocked>(sql('models/blocked'));
  database.close();
  return rows;
}

const MOST = 20;

/** Tells a person what was blocked. */
export function tellBlocked(blocked: readonly Blocked[]): void {
  if (blocked.length === 0) return;
  note(paint('yellow', `blocked: ${blocked.length} interaction${blocked.length === 1 ? '' : 's'} that no rule allows`));
  const rows = blocked.slice(0, MOST).map((one) => [one.op, one.from, one.to ?? '?', String(one.times), one.object]);
  for (const text of table(['op', 'from', 'to', 'times', 'object'], rows)) note(`  ${text}`);
  if (blocked.length > MOST) note(`  and ${blocked.length - MOST} more`);
}
