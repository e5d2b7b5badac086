import { resolve } from 'node:path';
import { type Inference, inferRules } from '../../analyzer/infer.js';
import { NOTHING_RECORDED, readRecorded } from '../../analyzer/report/read.js';
import type { Rule as Found } from '../../analyzer/rule.js';
import type { Rule, SystemFile } from '../../policygen/file/model.js';
import { readSystemFile } from '../../policygen/file/parse.js';
import { markdownOf } from '../../policygen/report/markdown.js';
import { type Report, reportOf } from '../../policygen/report/model.js';
import { pageOf } from '../../policygen/report/page.js';
import { pictureOf } from '../../policygen/report/picture.js';
import { readRunInfo } from '../../tracer/record/run_info.js';
import { listRuns } from '../../tracer/session/folders.js';
import { plainVm } from '../../tracer/session/system.js';
import { writeWhole } from '../learn/write.js';
import { isSystemFile } from '../options.js';
import { document, line, note } from '../print.js';
import type { ReportOptions } from '../report.js';
import { learningRuns, runFolders } from '../runs.js';

/** Draws what runs and rules say. */
export async function report(words: readonly string[], options: ReportOptions): Promise<number> {
  const made = await gathered(words);
  const text = options.svg ? pictureOf(made.graph) : options.markdown ? markdownOf(made) : pageOf(made);
  if (options.output !== undefined) writeWhole(resolve(options.output), text, 'ANSWER_UNWRITABLE');
  else if (!options.json) line(text.replace(/\n$/, ''));
  if (options.json) document(documentOf(made, options));
  else if (options.output !== undefined) note(`written to ${options.output}`);
  return 0;
}

async function gathered(words: readonly string[]): Promise<Report> {
  const files = words.filter(isSystemFile).map(readSystemFile);
  const named = await runFolders(words.filter((word) => !isSystemFile(word)));
  const own = (await Promise.all(files.map(({ system }) => learningRuns(listRuns(system))))).flat();
  const folders = named.length > 0 ? named : own;
  if (folders.length === 0) return reportOf(files[0]!, NOTHING_RECORDED, null);
  const learnt = await learningRuns(folders);
  const inferred = learnt.length === 0 ? null : await inferRules(learnt, { existing: files[0]?.rules ?? [] });
  const file = files[0] ?? systemOf(folders, inferred);
  const recorded = await readRecorded(folders, file.rules);
  return reportOf(file, recorded, inferred?.coverage ?? null);
}

/** Runs without a system file: the VMs they name, and the rules they propose. */
function systemOf(folders: readonly string[], inferred: Inference | null): SystemFile {
  const infos = folders.map(readRunInfo);
  const vms = new Map(infos.flatMap((info) => Object.entries(info.vms)));
  const described = [...vms].map(([name, { program }]) => plainVm(name, program));
  return {
    system: {
      name: infos[0]!.system,
      file: null,
      folder: '/',
      main: described[0]?.name ?? '',
      vms: described,
      check: null,
    },
    rules: (inferred?.rules ?? []).map(asRule),
  };
}

const asRule = (rule: Found): Rule => rule as Rule;

function documentOf(made: Report, { output }: ReportOptions): unknown {
  const { system, vms, runs, graph, curve, coverage, crossings, rules } = made;
  return {
    written: output ?? null,
    system,
    vms,
    runs,
    graph,
    curve,
    coverage,
    crossings,
    rules: rules.map(({ rule, doing, risk, reasons }) => ({ ...rule, doing, risk, reasons })),
  };
}
