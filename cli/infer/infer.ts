import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importTrace } from '../../analyzer/import/import.js';
import { inferRules } from '../../analyzer/infer.js';
import type { Order } from '../../analyzer/order.js';
import { ShuttleError } from '../../native/contract/problem.js';
import { mergeRules, rulesAmong } from '../../policygen/file/merge.js';
import type { Rule } from '../../policygen/file/model.js';
import { parseSystemFile, readText } from '../../policygen/file/parse.js';
import { printSystem } from '../../policygen/file/print.js';
import { updateRules } from '../../policygen/file/update.js';
import { updateOrder } from '../../policygen/file/update_order.js';
import { readRunInfo } from '../../tracer/record/run_info.js';
import type { InferOptions } from '../infer.js';
import { ruleTable } from '../learn/report.js';
import { writeWhole } from '../learn/write.js';
import { document, line, note } from '../print.js';
import { runFolders } from '../runs.js';
import { inWords } from './words.js';

/** Prints the rules that recorded runs need, or writes them into a system file. */
export async function infer(runs: string[], options: InferOptions): Promise<number> {
  return withTraces(runs, (folders) => inferFrom(folders, options));
}

/** Files among what was named are others' traces; they become run folders for the time of the command. */
async function withTraces(named: readonly string[], use: (folders: string[]) => Promise<number>): Promise<number> {
  const isTrace = (name: string) => statSync(name, { throwIfNoEntry: false })?.isFile() === true;
  const folders = await runFolders(named.filter((name) => !isTrace(name)));
  const traces = named.filter(isTrace);
  if (traces.length === 0) return use(folders);
  const base = mkdtempSync(join(tmpdir(), 'shuttle-traces-'));
  const remove = () => rmSync(base, { recursive: true, force: true });
  process.once('exit', remove); // Ctrl-C ends the process without coming back here
  try {
    const system = folders.length > 0 ? readRunInfo(folders[0] as string).system : 'imported';
    const made: string[] = [];
    for (const [place, file] of traces.entries()) made.push(await importTrace(file, base, place, system));
    return await use([...folders, ...made]);
  } finally {
    process.off('exit', remove);
    remove();
  }
}

async function inferFrom(folders: readonly string[], options: InferOptions): Promise<number> {
  const file = options.output;
  const before = file !== undefined && existsSync(file) ? readText(file) : null;
  const described = before === null ? null : parseSystemFile(before, file ?? '');
  const existing = described?.rules ?? [];
  const inference = await inferRules(folders, { existing });
  const learnt = inference.rules as Rule[];
  const vms = described?.system.vms.map(({ name }) => name);
  const rules = mergeRules(existing, vms ? rulesAmong(learnt, vms) : learnt);
  if (file !== undefined) {
    const text = updateRules(before ?? draftOf(folders, inference.order), rules, file);
    writeWhole(file, updateOrder(text, inference.order, file).text);
  }
  const { needs: _, ...told } = inference;
  if (options.json) document({ ...told, rules });
  else {
    for (const row of ruleTable(rules)) line(row);
    for (const words of inWords(inference)) note(words);
    if (file !== undefined) note(`written to ${file}`);
  }
  return 0;
}

/** A system file from what the runs say of their VMs, and of the order these must start in. */
function draftOf(folders: readonly string[], order: Order): string {
  const info = readRunInfo(folders.at(-1) as string);
  const vms = Object.fromEntries(
    Object.entries(info.vms).map(([name, vm]) => {
      const { after = [], ready = null } = order[name] ?? {};
      const known = after.filter((other) => info.vms[other] !== undefined);
      const program = [...vm.program] as [string, ...string[]];
      return [name, { program, ...(known.length > 0 ? { after: known } : {}), ...(ready === null ? {} : { ready }) }];
    }),
  );
  // Nobody waits for the main one.
  const waited = new Set(Object.values(vms).flatMap(({ after = [] }) => after));
  const main = Object.keys(vms).find((name) => !waited.has(name)) ?? Object.keys(vms)[0];
  if (main === undefined) throw new ShuttleError({ code: 'RUNS_NONE' });
  return printSystem({ system: info.system, main, vms, rules: [] });
}
