// One at a time, across processes. The kernel gives the lock back when its holder is gone, however that came about.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs `task` while holding the lock on `file`, which is made if it is not there. `waiting` is called if another has it. */
export async function locked<T>(file: string, waiting: () => void, task: () => Promise<T>): Promise<T> {
  // Node has no flock; the holder is util-linux's, which goes when its input ends: with us at the latest.
  const holder = spawn('flock', [file, 'sh', '-c', 'echo held; cat >/dev/null'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(holder, 'close');
  const impatient = setTimeout(waiting, 300);
  try {
    const first = await Promise.race([once(holder.stdout, 'data'), ended.then(() => null)]);
    if (first === null) throw new Error(`the lock ${file} could not be taken`);
    clearTimeout(impatient);
    return await task();
  } finally {
    clearTimeout(impatient);
    holder.stdin.end();
    await ended;
  }
}
