// The back of `shuttle query`: one question in SQL to recorded runs.
import { withQuestions } from './ask/questions.js';
import type { Answer } from './load/duck.js';
import type { ExistingRule } from './rule.js';

export type { Answer } from './load/duck.js';

/**
 * Runs `text` over the tables `runs`, `interactions` (with `noise`), `payloads` and `processes` of the runs, each with
 * the column `run`; what is concluded from them, `dependencies` and `edges`; and `rules`, `rule_rows` and `phases`, where a
 * system file's rules are given. Several statements may be given; the last one's rows are the answer, as values safe in
 * JSON (numbers where exact, else text). Throws QUERY_FAILED with DuckDB's words, and what `loadRuns` throws.
 */
export const queryRuns = (folders: readonly string[], text: string, rules?: readonly ExistingRule[]): Promise<Answer> =>
  withQuestions(folders, rules, (questions) => questions.ask(text));
