// The back of `shuttle query`: SQL over recorded runs.
import { ShuttleError } from '../native/contract/problem.js';
import type { Answer, Database } from './load/duck.js';
import { loadRuns } from './load/load.js';
import { loadRules } from './load/rules.js';
import { withScratch } from './load/scratch.js';
import type { ExistingRule } from './rule.js';

export type { Answer } from './load/duck.js';

/**
 * Runs `text` over the tables `runs`, `interactions` (with `noise`), `payloads` and `processes` of the runs, each with
 * the column `run`; and `rules` and `rule_rows`, where a system file's rules are given. Several statements may be given; the last one's rows are the answer, as values safe in JSON
 * (numbers where exact, else text). Throws QUERY_FAILED with DuckDB's words, and what `loadRuns` throws.
 */
export async function queryRuns(
  folders: readonly string[],
  text: string,
  rules?: readonly ExistingRule[],
): Promise<Answer> {
  return withScratch(folders, async (database) => {
    await loadRuns(database, folders);
    if (rules !== undefined) await loadRules(database, rules);
    return ask(database, text, rules !== undefined);
  });
}

async function ask(database: Database, text: string, rules: boolean): Promise<Answer> {
  try {
    return await database.ask(text);
  } catch (error) {
    throw new ShuttleError({ code: 'QUERY_FAILED', error: (error as Error).message.trimEnd(), rules });
  }
}
