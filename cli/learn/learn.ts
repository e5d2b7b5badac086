import { resolve } from 'node:path';
import { inferRules } from '../../analyzer/infer.js';
import { compileSystem } from '../../policygen/compile.js';
import { mergeRules, rulesAmong } from '../../policygen/file/merge.js';
import type { Rule } from '../../policygen/file/model.js';
import { updateRules } from '../../policygen/file/update.js';
import { updateOrder } from '../../policygen/file/update_order.js';
import { finishRun } from '../../tracer/record/finish.js';
import { readRunInfo } from '../../tracer/record/run_info.js';
import { listRuns } from '../../tracer/session/folders.js';
import type { RunRequest, RunResult } from '../../tracer/session/system.js';
import type { LearnOptions } from '../learn.js';
import { document, progress } from '../print.js';
import { execute } from '../run/execute.js';
import { learningRuns } from '../runs.js';
import { tellLearnt } from './report.js';
import { type Subject, subjectOf } from './subject.js';
import { writeWhole } from './write.js';

/** Runs a program or system, infers its rules and writes them; the main program's exit code. */
export async function learn(target: string, args: readonly string[], options: LearnOptions): Promise<number> {
  const subject = subjectOf(target, args, options);
  const results = await runAll(requestOf(subject, options), options.runs);
  const last = results.at(-1) as RunResult;
  progress('finding the rules');
  const runs = await learningRuns(listRuns(subject.described.system));
  // With nothing to learn from, why the run just made does not count is what has to be told.
  if (runs.length === 0) await finishRun(last.folder);
  const inference = await inferRules(runs, { existing: subject.described.rules });
  const vms = subject.described.system.vms.map(({ name }) => name);
  const rules = mergeRules(subject.described.rules, rulesAmong(inference.rules as Rule[], vms));
  const ordered = updateOrder(updateRules(subject.text, rules, subject.file), inference.order, subject.file);
  writeWhole(subject.file, ordered.text);
  const exit = results.find((result) => result.exitCode !== 0)?.exitCode ?? 0;
  const summary = {
    run: last.folder,
    runs: results.map((result) => result.folder),
    system_file: resolve(subject.file),
    outcome: last.outcome,
    exit_code: last.exitCode,
    interactions: results.reduce((sum, result) => sum + interactionsOf(result.folder), 0),
    rules,
    coverage: inference.coverage,
  };
  if (options.json) document(summary);
  else await tellLearnt({ ...summary, ordered: ordered.added }, { ephemeral: options.ephemeral === true });
  return exit;
}

function requestOf({ described }: Subject, options: LearnOptions): RunRequest {
  return {
    system: described.system,
    // A reviewer's no holds while learning, too; permissions change nothing then but name the rule in the record.
    rules: compileSystem(described),
    mode: options.deny ? 'deny' : 'allow',
    audit: false,
    payload: options.payload ?? 'head',
    expose: options.expose ?? [],
    timeout: options.timeout ?? 0,
    ephemeral: options.ephemeral === true,
    only: null,
    quietOutput: options.json === true,
  };
}

function interactionsOf(folder: string): number {
  return Object.values(readRunInfo(folder).ledger).reduce((sum, line) => sum + line.stored, 0);
}

/** One run after the other, each from the same private files; an interrupted one is the last. */
async function runAll(request: RunRequest, times: number): Promise<RunResult[]> {
  const results: RunResult[] = [];
  for (let n = 1; n <= times; n++) {
    if (times > 1) progress(`run ${n} of ${times}`);
    const result = await execute({ ...request, again: n > 1, more: n < times });
    results.push(result);
    if (result.outcome === 'interrupted') break;
  }
  return results;
}
