// The back of `shuttle query`: SQL over recorded runs.
import { ShuttleError } from '../native/contract/problem.js';
import type { Answer, Database } from './load/duck.js';
import { loadRuns } from './load/load.js';
import { loadRules } from './load/rules.js';
import { withScratch } from './load/scratch.js';
import { type Model, make } from './models/make.js';
import type { ExistingRule } from './rule.js';

export type { Answer } from './load/duck.js';

/**
 * Runs `text` over the tables `runs`, `interactions` (with `noise`), `payloads` and `processes` of the runs, each with
 * the column `run`; the models `dependencies`, `edges`, `first_uses`, `lives`; and `rules`, `rule_rows` and `phases`, where a
 * system file's rules are given. Several statements may be given; the last one's rows are the answer, as values safe in
 * JSON (numbers where exact, else text). Throws QUERY_FAILED with DuckDB's words, and what `loadRuns` throws.
 */
export async function queryRuns(
  folders: readonly string[],
  text: string,
  rules?: readonly ExistingRule[],
): Promise<Answer> {
  return withScratch(folders, async (database) => {
    await loadRuns(database, folders);
    const asked = modelsIn(text);
    if (asked.length > 0) await make(database, [...BELOW, ...asked]);
    if (rules !== undefined) await loadRules(database, rules);
    return ask(database, text, rules !== undefined);
  });
}

// What inference concludes before any rule, by its models' names; `phases` of rules is made with them.
const BELOW = ['served', 'outward', 'uses', 'names'] as const;
const CONCLUDED = ['dependencies', 'edges', 'first_uses', 'lives'] as const;

/** Models cost as much as inference does, so that only a query that names one has them made. */
function modelsIn(text: string): Model[] {
  const isNamed = (model: string) => new RegExp(`\\b${model}\\b`, 'i').test(text);
  return CONCLUDED.some(isNamed) || BELOW.some(isNamed) ? [...CONCLUDED] : [];
}

async function ask(database: Database, text: string, rules: boolean): Promise<Answer> {
  try {
    return await database.ask(text);
  } catch (error) {
    throw new ShuttleError({ code: 'QUERY_FAILED', error: (error as Error).message.trimEnd(), rules });
  }
}
