// Starts the writing thread.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Problem } from '../../native/contract/problem.js';
import type { Facts } from './finish.js';
import type { Report, Task } from './worker.js';

/** A worker runs JavaScript only: run from the TypeScript sources (by tests), the built file is taken. */
function workerFile(): string {
  const beside = fileURLToPath(new URL('./worker.js', import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL('../../dist/tracer/record/worker.js', import.meta.url));
}

/** What a thread had to say by its end. */
export interface Reported {
  problems: Problem[];
  torn: boolean;
  facts: Facts | null;
}

export interface Thread {
  /** Resolves when the thread is over; rejects if it crashed. */
  readonly over: Promise<Reported>;
}

export function startThread(task: Task, onEnd: () => void = () => {}): Thread {
  // Without stdout and stderr of its own it would make ours non-blocking, for the programs that share them too.
  const streams = { stdout: true, stderr: true };
  const worker = new Worker(workerFile(), { workerData: task, execArgv: [], name: 'shuttle record', ...streams });
  const reported: Reported = { problems: [], torn: false, facts: null };
  worker.on('message', (report: Report) => {
    if ('problem' in report) reported.problems.push(report.problem);
    else Object.assign(reported, report);
  });
  const over = new Promise<Reported>((resolve, reject) => {
    worker.on('error', reject);
    worker.on('exit', () => {
      onEnd();
      resolve(reported);
    });
  });
  return { over };
}
