// Measures in a process of its own where memory counts, so that nothing of another row is in it.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SELF = fileURLToPath(import.meta.url);

/** Runs one task in a new process; the figures it found. */
export async function alone(task: 'recorder' | 'load' | 'infer' | 'review', ...args: string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [SELF, task, ...args]);
  return JSON.parse(stdout);
}

async function work([task, ...args]: string[]): Promise<unknown> {
  if (task === 'recorder') return (await import('../tracer/record/bench.js')).benchRecorder();
  if (task === 'infer') return (await import('../analyzer/bench/infer.js')).measureInfer(args[0] ?? '');
  if (task === 'review') return (await import('../policygen/review/bench.js')).measureKeys(Number(args[0]));
  const { measureLoad } = await import('../analyzer/bench/load.js');
  return measureLoad([args[0] ?? ''], args[1]);
}

if (process.argv[1] === SELF) console.log(JSON.stringify(await work(process.argv.slice(2))));
