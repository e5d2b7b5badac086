// What the tests of hostile programs (design, section 9) share. Each program says ESCAPED where something worked; the
// tests also look at what the host saw of it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, inject } from 'vitest';
import type { Lab, Ran } from '../lab.js';

const main = inject('main');

export const quoted = (words: readonly unknown[]) => `[${words.map((word) => `'${word}'`).join(', ')}]`;

/** A system of one VM, b. */
export const system = (program: readonly unknown[], rules = '', vm = '') =>
  `shuttle: 1\nsystem: lab\nmain: b\nvms:\n  b:\n    program: ${quoted(program)}\n${vm}${rules && `rules:\n${rules}`}`;

export const rule = (id: string, allow: string, object: string, from = 'b', to = 'host') =>
  `  - { id: ${id}, allow: ${allow}, from: ${from}, to: ${to}, object: '${object}', state: accepted, needed: seen }\n`;

/** The program came to its end and nothing it tried worked. */
export function held(ran: Ran): void {
  expect(ran.out.split('\n').filter((line) => line.startsWith('ESCAPED'))).toEqual([]);
  expect(ran.out.split('\n').slice(-2)).toEqual(['done', '']);
  expect(JSON.parse(readFileSync(join(ran.run, 'run.json'), 'utf8'))).toMatchObject({ complete: true });
  for (const row of ran.rows) expect(row).toMatchObject({ vm: 'b' });
}

/** A server of the host that keeps what it is sent. */
export interface Ear {
  heard: string[];
  port: number;
  answer: string;
  close(): void;
}

async function listen(at: number | string, deaf: boolean): Promise<Ear> {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer({ pauseOnConnect: deaf }, (socket) => {
    sockets.add(socket);
    heard.push('joined');
    socket.on('error', () => socket.destroy());
    if (deaf) return;
    socket.on('data', (chunk) => {
      heard.push(String(chunk));
      if (ear.answer) socket.write(ear.answer);
    });
  });
  if (typeof at === 'number') server.listen(at, '127.0.0.1');
  else server.listen(at);
  await once(server, 'listening');
  const address = server.address();
  const ear: Ear = {
    heard,
    answer: '',
    port: typeof address === 'object' && address ? address.port : 0,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
  return ear;
}

/** The host's servers of one test file. */
export class Ears {
  private readonly opened: Ear[] = [];

  /** `deaf`: it takes whoever comes, and reads nothing. */
  async open(at: number | string = 0, deaf = false): Promise<Ear> {
    const made = await listen(at, deaf);
    this.opened.push(made);
    return made;
  }

  close(): void {
    for (const ear of this.opened) ear.close();
  }
}

/** A command on the lab's system. `limits`: options of prlimit. */
export function start(
  lab: Lab,
  uid: number | null,
  line: string,
  input: 'ignore' | 'pipe' = 'ignore',
  limits = '',
): ChildProcess {
  const [verb = '', ...options] = line.split(' ');
  const command = [process.execPath, main, verb, lab.file, ...options];
  const [program = '', ...words] = limits ? ['prlimit', ...limits.split(' '), '--', ...command] : command;
  return spawn(program, words, {
    cwd: dirname(lab.file),
    stdio: [input, 'pipe', 'ignore'],
    env: lab.environment(),
    ...(uid === null ? {} : { uid, gid: uid }),
  });
}

/** Waits until something holds; says so where it never does, or as soon as `over` says that it cannot any more. */
export async function until(holds: () => boolean, what: string, over: () => boolean = () => false): Promise<void> {
  for (let turn = 0; turn < 1200; turn++) {
    if (holds()) return;
    if (over() && !holds()) break;
    await wait(50);
  }
  throw new Error(`never: ${what}`);
}

/** Where the machine's processes are that have this word among their arguments. */
export const processesWith = (word: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word);
      } catch {
        return false;
      }
    });
