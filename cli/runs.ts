// Runs as they are named on a command line, and those that count for learning.
import { ShuttleError } from '../native/contract/problem.js';
import { finishRun } from '../tracer/record/finish.js';
import { readRunInfo } from '../tracer/record/run_info.js';
import { findRun } from '../tracer/session/folders.js';

/** The folders of runs named by path or id; a torn one is finished first. Throws RUN_UNKNOWN, RUN_NOT_A_RUN and their like. */
export async function runFolders(named: readonly string[]): Promise<string[]> {
  const folders = named.map((name) => findRun(name, process.cwd()));
  for (const folder of folders) await finishRun(folder);
  return folders;
}

/** Of a system's runs those that learnt. One that cannot be read, or still goes on elsewhere, is left out. */
export async function learningRuns(folders: readonly string[]): Promise<string[]> {
  const learning: string[] = [];
  for (const folder of folders) if (await learns(folder)) learning.push(folder);
  return learning;
}

async function learns(folder: string): Promise<boolean> {
  try {
    await finishRun(folder);
    return readRunInfo(folder).mode !== 'enforce';
  } catch (error) {
    if (error instanceof ShuttleError) return false;
    throw error;
  }
}
