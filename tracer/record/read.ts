// A run folder as those who read it meet it.
import { finishRun } from './finish.js';
import { type RunInfo, readRunInfo } from './run_info.js';
import { TABLE_NAMES } from './schema.js';
import { checkTable } from './table_file.js';

/**
 * Finishes the run if it is torn and checks that its tables are whole and of this version. Throws the problems of
 * finishRun, and RUN_UNREADABLE for a table that is missing, cut or foreign.
 */
export async function openRun(folder: string): Promise<RunInfo> {
  await finishRun(folder);
  const info = readRunInfo(folder);
  for (const table of TABLE_NAMES) checkTable(folder, table);
  return info;
}
