// A run folder as those who read it meet it.

import { existsSync } from 'node:fs';
import { ShuttleError } from '../../native/contract/problem.js';
import { finishRun } from './finish.js';
import { type RunInfo, readRunInfo } from './run_info.js';
import { TABLE_NAMES } from './schema.js';
import { tableFile } from './stream.js';
import { checkTable } from './table_file.js';

/**
 * Finishes the run if it is torn and checks that its tables are whole. Others' runs may lack the payloads and the
 * processes, which then have no rows. Throws the problems of finishRun, RUN_NOT_A_RUN where the interactions are missing,
 * and RUN_UNREADABLE for a table that is cut or no Arrow file.
 */
export async function openRun(folder: string): Promise<RunInfo> {
  await finishRun(folder);
  const info = readRunInfo(folder);
  if (!existsSync(tableFile(folder, 'interactions')))
    throw new ShuttleError({ code: 'RUN_NOT_A_RUN', folder, missing: 'it has no interactions.arrow' });
  for (const table of TABLE_NAMES) if (existsSync(tableFile(folder, table))) checkTable(folder, table);
  return info;
}
