import { existsSync, readFileSync } from 'node:fs';
import { isatty } from 'node:tty';
import { withQuestions } from '../../analyzer/ask/questions.js';
import { everyStatement } from '../../analyzer/ask/statements.js';
import { count } from '../../native/contract/count.js';
import { ShuttleError } from '../../native/contract/problem.js';
import { readSystemFile } from '../../policygen/file/parse.js';
import { listRuns } from '../../tracer/session/folders.js';
import { isSystemFile } from '../options.js';
import { note, progress } from '../print.js';
import type { QueryOptions } from '../query.js';
import { runFolders } from '../runs.js';
import { type Manner, printAnswer } from './answer.js';
import { dotted } from './dots.js';

/**
 * Loads the runs and answers the SQL at the end of `words`; without any, what a person types, or standard input.
 * `missing` throws the error of what must be given.
 */
export async function query(words: string[], options: QueryOptions, missing: (what: string) => never): Promise<number> {
  const last = words.at(-1) ?? '';
  const asked = isQuestion(last) ? last : null;
  const named = asked === null ? words : words.slice(0, -1);
  const prompting = asked === null && isatty(0) && isatty(1) && !options.json;
  if (named.length === 0 && options.system === undefined) missing('runs are wanted, or a system file');
  const { folders, rules } = await subjectOf(named, options);
  const text = asked ?? (prompting ? '' : standardInput());
  if (!prompting && everyStatement(text).length === 0)
    missing('SQL is wanted, as the last word or from standard input');
  progress(`reading ${count(folders.length, 'run')}`);
  const manner: Manner = { format: options.json ? 'json' : (options.format ?? 'table'), file: options.output ?? null };
  return withQuestions(folders, rules, async (questions) => {
    progress('');
    if (prompting) {
      const { prompt } = await import('./prompt.js');
      await prompt(questions, manner, folders.length);
    } else if (!(await dotted(text, { questions, manner }))) await printAnswer(questions, text, manner);
    return 0;
  });
}

/** What has blanks in it and names no file, or begins as a command of the prompt does, is a question. */
const isQuestion = (word: string): boolean =>
  word.trim() === '' || /^\.[a-z]+( |$)/.test(word) || (/[\s;]/.test(word) && !existsSync(word));

function standardInput(): string {
  if (isatty(0)) note('SQL is read from standard input; Ctrl-D ends it');
  return readFileSync(0, 'utf8');
}

/** The runs and rules that were named; a system file alone stands for all its runs. */
async function subjectOf(named: readonly string[], { system }: QueryOptions) {
  const files = [...(system === undefined ? [] : [system]), ...named.filter(isSystemFile)].map((file) =>
    readSystemFile(file),
  );
  const runs = named.filter((run) => !isSystemFile(run));
  const own = runs.length > 0 ? runs : files.flatMap((file) => listRuns(file.system));
  if (own.length === 0) throw new ShuttleError({ code: 'RUNS_NONE' });
  const rules = files.length === 0 ? undefined : files.flatMap((file) => file.rules);
  return { folders: await runFolders(own), rules };
}
