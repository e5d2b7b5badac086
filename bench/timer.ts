// Runs commands outside any VM through a small native program that times them (fixtures/programs/bench/timer.c).
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Lab } from './lab.js';

export class Timer {
  private readonly process: ChildProcessByStdio<Writable, Readable, null>;
  private readonly waiting: ((line: string) => void)[] = [];
  private readonly output: string;

  constructor(lab: Lab, env: Readonly<Record<string, string>> = {}) {
    this.output = join(lab.room(`timer-${serial++}`), 'output');
    this.process = spawn(lab.program('timer'), {
      cwd: lab.folder,
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    createInterface(this.process.stdout).on('line', (line) => this.waiting.shift()?.(line));
  }

  /** Milliseconds from starting the command to its end; throws unless it ended well. */
  async time(...command: string[]): Promise<number> {
    const line = new Promise<string>((resolve) => this.waiting.push(resolve));
    this.process.stdin.write(`${[this.output, ...command].join('\t')}\n`);
    const [ns, status] = (await line).split(' ').map(Number);
    if (status !== 0) throw new Error(`${command.join(' ')} ended with status ${status}`);
    return ns! / 1e6;
  }

  /** What the command printed. */
  async print(...command: string[]): Promise<string> {
    await this.time(...command);
    return readFileSync(this.output, 'utf8');
  }

  close(): void {
    this.process.stdin.end();
  }
}

let serial = 0;

/** Milliseconds out of what `heads`, `timed` and `opens` print: a number of their own, then nanoseconds. */
export function inside(printed: string): number {
  const [, ns] = printed.trim().split(' ').map(Number);
  if (ns === undefined || !(ns > 0)) throw new Error(`a program of the bench printed ${JSON.stringify(printed)}`);
  return ns / 1e6;
}
