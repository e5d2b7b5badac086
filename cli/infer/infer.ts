import { existsSync } from 'node:fs';
import { inferRules } from '../../analyzer/infer.js';
import { ShuttleError } from '../../native/contract/problem.js';
import { mergeRules } from '../../policygen/file/merge.js';
import type { Rule } from '../../policygen/file/model.js';
import { parseSystemFile, readText } from '../../policygen/file/parse.js';
import { printSystem } from '../../policygen/file/print.js';
import { updateRules } from '../../policygen/file/update.js';
import { readRunInfo } from '../../tracer/record/run_info.js';
import type { InferOptions } from '../infer.js';
import { ruleTable } from '../learn/report.js';
import { writeWhole } from '../learn/write.js';
import { document, line, note } from '../print.js';
import { runFolders } from '../runs.js';

/** Prints the rules that recorded runs need, or writes them into a system file. */
export async function infer(runs: string[], options: InferOptions): Promise<number> {
  const folders = await runFolders(runs);
  const file = options.output;
  const text = file === undefined ? null : existsSync(file) ? readText(file) : draftOf(folders);
  const existing = text === null ? [] : parseSystemFile(text, file ?? '').rules;
  const inference = await inferRules(folders, { existing });
  const rules = mergeRules(existing, inference.rules as Rule[]);
  if (file !== undefined && text !== null) writeWhole(file, updateRules(text, rules, file));
  if (options.json) document({ ...inference, rules });
  else {
    for (const row of ruleTable(rules)) line(row);
    if (file !== undefined) note(`written to ${file}`);
  }
  return 0;
}

/** A system file from what the runs say of their VMs. */
function draftOf(folders: readonly string[]): string {
  const info = readRunInfo(folders.at(-1) as string);
  const vms = Object.fromEntries(
    Object.entries(info.vms).map(([name, vm]) => [name, { program: [...vm.program] as [string, ...string[]] }]),
  );
  const [main] = Object.keys(vms);
  if (main === undefined) throw new ShuttleError({ code: 'RUNS_NONE' });
  return printSystem({ system: info.system, main, vms, rules: [] });
}
