// The thread that waits for the disk, so that neither the engine nor the session does.
import { parentPort, workerData } from 'node:worker_threads';
import { type Problem, ShuttleError } from '../../native/contract/problem.js';
import { adoptStreams } from './adopt.js';
import type { Facts } from './finish.js';
import { rewriteStreams } from './rewrite.js';
import { countSources } from './table_file.js';
import { Writer } from './writer.js';

export type Task =
  | { do: 'record'; recorder: number; folder: string }
  /** `count`: also report how many rows each source has. */
  | { do: 'finish'; folder: string; count: boolean };

export type Report = { problem: Problem } | { torn: boolean } | { facts: Facts };

const report = (message: Report): void => parentPort?.postMessage(message);

/** What the system refused is a problem to be told; anything else is a defect and ends the thread. */
function problemOf(error: unknown, folder: string): Problem {
  if (error instanceof ShuttleError) return error.problem;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  return { code: 'RECORD_FAILED', file: folder, error: message };
}

async function carryOut(task: Task): Promise<void> {
  if (task.do === 'record') await new Writer(task.recorder, task.folder, (problem) => report({ problem })).done;
  try {
    if (task.do === 'finish') await adoptStreams(task.folder);
    report(rewriteStreams(task.folder));
    if (task.do === 'finish' && task.count) report({ facts: countSources(task.folder) });
  } catch (error) {
    report({ problem: problemOf(error, task.folder) });
  }
}

await carryOut(workerData as Task);
