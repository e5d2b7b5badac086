// What a run was refused.

import { existsSync } from 'node:fs';
import { count } from '../../native/contract/count.js';
import { countVerdict } from '../../tracer/record/count.js';
import { tableFile } from '../../tracer/record/stream.js';
import { note, paint, table } from '../print.js';

export interface Blocked {
  op: string;
  object: string;
  from: string;
  to: string | null;
  times: number;
}

/**
 * The blocked interactions of a run, most frequent first. DuckDB is loaded only where there are some. A full disk may have
 * kept the run's table from being finished, which was told; what is blocked is then not known.
 */
export async function blockedIn(folder: string): Promise<Blocked[]> {
  if (!existsSync(tableFile(folder, 'interactions'))) return [];
  if (countVerdict(folder, 'blocked') === 0) return [];
  const { askRun } = await import('./ask_run.js');
  return askRun<Blocked>(folder, 'models/blocked');
}

const MOST = 20;

/** Tells a person what was blocked. */
export function tellBlocked(blocked: readonly Blocked[]): void {
  if (blocked.length === 0) return;
  note(paint('yellow', `blocked: ${count(blocked.length, 'interaction')} that no rule allows`));
  const rows = blocked.slice(0, MOST).map((one) => [one.op, one.from, one.to ?? '?', String(one.times), one.object]);
  for (const text of table(['op', 'from', 'to', 'times', 'object'], rows)) note(`  ${text}`);
  if (blocked.length > MOST) note(`  and ${blocked.length - MOST} more`);
}
