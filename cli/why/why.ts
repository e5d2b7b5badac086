import { type EvidenceRow, withEvidence } from '../../analyzer/explain/evidence.js';
import { ShuttleError } from '../../native/contract/problem.js';
import { isWindows } from '../../policygen/compile.js';
import type { Known } from '../../policygen/explain/differences.js';
import { type Asked, readQuestion } from '../../policygen/explain/question.js';
import { answer, stayed, type Why, whyOf } from '../../policygen/explain/why.js';
import type { SystemFile } from '../../policygen/file/model.js';
import { readSystemFile } from '../../policygen/file/parse.js';
import { decideRow } from '../../policygen/replay/one.js';
import { readRunInfo } from '../../tracer/record/run_info.js';
import { listRuns } from '../../tracer/session/folders.js';
import { document, line, note, paint } from '../print.js';
import { learningRuns, runFolders } from '../runs.js';
import type { WhyOptions } from '../why.js';
import { linesOf } from './words.js';

/** What was recorded of an interaction that is asked about by its number. */
export interface Recorded {
  run: string;
  seq: number;
  verdict: string;
  rule: string | null;
}

const MOST_ROWS = 20;

/** Says which rule decides an interaction, or what comes nearest; 1 where it is not allowed. */
export async function why(name: string, question: string | null, options: WhyOptions): Promise<number> {
  const file = readSystemFile(name);
  const { found, recorded } =
    question === null ? await ofRow(file, options) : await ofQuestion(file, question, options);
  const evidence = await evidenceOf(file, found);
  if (options.json) document({ ...found, recorded, evidence });
  else for (const text of linesOf(found, recorded, evidence)) line(text);
  if (!options.json && evidence === null)
    note(paint('dim', 'no recorded runs of this system: nothing is known of how it was used'));
  return found.allowed ? 0 : 1;
}

async function ofQuestion(file: SystemFile, question: string, options: WhyOptions) {
  const asked = readQuestion(question, file);
  if ('wrong' in asked) throw new ShuttleError({ code: 'QUESTION_FORM', question, wrong: asked });
  return { found: whyOf(file, asked, await knownIn(file, asked), options), recorded: null };
}

/** The values of the VM's tokens in its latest run. */
async function knownIn(file: SystemFile, { from }: Asked): Promise<Known> {
  const folder = (await learningRuns(listRuns(file.system))).at(-1);
  return knownOf(folder === undefined ? {} : (readRunInfo(folder).vms[from]?.variables ?? {}));
}

const knownOf =
  (variables: Readonly<Record<string, string>>): Known =>
  (token) => {
    const value = variables[token];
    return value === undefined || value === '' ? [] : [value];
  };

async function ofRow(file: SystemFile, options: WhyOptions): Promise<{ found: Why; recorded: Recorded }> {
  const [folder] = await runFolders([options.run!]);
  const one = await decideRow(file, folder!, options.seq!, options);
  const { recorded, asked } = one;
  if (recorded.verdict === 'passed' && (asked.to === null || asked.to === asked.from))
    return { found: stayed(asked), recorded };
  const variables = readRunInfo(folder!).vms[one.asked.from]?.variables ?? {};
  const found = answer(file, one.asked, one.decided, one.rules, knownOf(variables), options);
  return { found, recorded: one.recorded };
}

/** Rows of the runs that show the interaction, or those of the rule that decides; null where there are no runs. */
async function evidenceOf(file: SystemFile, { asked, rule }: Why): Promise<EvidenceRow[] | null> {
  const folders = await learningRuns(listRuns(file.system));
  if (folders.length === 0) return null;
  const vm = file.system.vms.find(({ name }) => name === asked.from);
  const fold = vm !== undefined && isWindows(vm);
  return withEvidence(folders, file.rules, async (evidence) => {
    const same = await evidence.ofName({ vm: asked.from, op: asked.op, name: asked.object, fold }, MOST_ROWS);
    return same.length > 0 || rule === null ? same : evidence.ofRule(rule.id, MOST_ROWS);
  });
}
