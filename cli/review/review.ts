import { userInfo } from 'node:os';
import { isatty } from 'node:tty';
import { type Evidence, withEvidence } from '../../analyzer/explain/evidence.js';
import type { Group } from '../../analyzer/grammar/names.js';
import { count } from '../../native/contract/count.js';
import { explain } from '../../native/contract/explain.js';
import { ShuttleError } from '../../native/contract/problem.js';
import type { SystemFile } from '../../policygen/file/model.js';
import { parseSystemFile, readText } from '../../policygen/file/parse.js';
import { Book } from '../../policygen/review/book.js';
import { entriesOf } from '../../policygen/review/entries.js';
import type { Hand } from '../../policygen/review/reduce.js';
import { beginState } from '../../policygen/review/state.js';
import { listRuns } from '../../tracer/session/folders.js';
import { note, progress } from '../print.js';
import type { ReviewOptions } from '../review.js';
import { learningRuns } from '../runs.js';
import { batch } from './batch.js';
import { outsideOf } from './outside.js';

/** Lets a person decide on the rules of a system file, or decides by expressions. */
export async function review(name: string, options: ReviewOptions): Promise<number> {
  const hand: Hand = { by: options.by ?? userName(), now };
  if (options.accept || options.refuse || options.list || options.where !== undefined)
    return batch(name, options, hand);
  if (!isatty(0) || !isatty(1) || options.json) throw new ShuttleError({ code: 'REVIEW_NO_TERMINAL', file: name });
  const text = readText(name);
  const file = parseSystemFile(text, name);
  await withRecords(file, (groups, runs, evidence) =>
    onTerminal({ name, text, file, groups, runs, evidence, hand }, options),
  );
  return 0;
}

interface Subject {
  name: string;
  text: string;
  file: SystemFile;
  groups: readonly Group[];
  runs: number;
  evidence: Evidence | null;
  hand: Hand;
}

async function onTerminal(
  { name, text, file, groups, runs, evidence, hand }: Subject,
  options: ReviewOptions,
): Promise<void> {
  const book = new Book(file, groups, runs);
  const begin = beginState(file.rules, entriesOf(file.rules, book.facts));
  const outside = outsideOf(name, text, evidence);
  progress('');
  if (options.plain) {
    const { talk } = await import('./plain.js');
    return talk({ book, begin, hand, outside });
  }
  process.env.NODE_ENV ??= 'production'; // React's checks for developers cost a third of each key
  const { show } = await import('../../policygen/review/screen.js');
  return show({ book, begin, hand, outside, colour: !process.env.NO_COLOR });
}

/** Runs that cannot be read are no reason not to review: they are told, and nothing is shown of what was recorded. */
async function withRecords(
  file: SystemFile,
  use: (groups: readonly Group[], runs: number, evidence: Evidence | null) => Promise<void>,
): Promise<void> {
  const folders = await learningRuns(listRuns(file.system));
  if (folders.length === 0) return use([], 0, null);
  progress(`reading ${count(folders.length, 'run')}`);
  let begun = false;
  try {
    await withEvidence(folders, file.rules, async (evidence) => {
      const groups = await evidence.names();
      begun = true;
      await use(groups, evidence.runs.length, evidence);
    });
  } catch (error) {
    if (begun || !(error instanceof ShuttleError)) throw error;
    note(explain(error.problem).text);
    await use([], 0, null);
  }
}

const now = (): string => new Date().toISOString().replace(/[.]\d+Z$/, 'Z');

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown'); // a number that /etc/passwd has no name for
  }
}
