// Runs Wine's own tools on a prefix while it is being built, outside any VM, as the user who will own it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { WineInstall } from './wine.js';

export interface Owner {
  /** Whose the files are on disk, so that in the VM they are its user's. Wine refuses a prefix of anybody else's. */
  uid: number;
  gid: number;
  /** What Windows programs see as the user's name. */
  user: string;
}

export interface Prefix {
  wine: WineInstall;
  path: string;
  owner: Owner;
}

const LONGEST_MS = 180_000;

/** The environment of every Wine process that Shuttle starts; nothing of the caller's own leaks into a prefix. */
export const wineEnv = (path: string, user: string): Record<string, string> => ({
  PATH: '/usr/bin:/bin',
  LANG: 'C.UTF-8',
  USER: user,
  LOGNAME: user,
  WINEPREFIX: path,
  WINEDEBUG: '-all',
  // No questions about downloading Mono and Gecko, no menu entries.
  WINEDLLOVERRIDES: 'mscoree,mshtml=;winemenubuilder.exe=d',
});

/** Runs one command in the prefix and waits for it. Returns what it complained of, or null where all went well. */
async function complaint(prefix: Prefix, command: readonly string[]): Promise<string | null> {
  const [program = '', ...args] = command;
  const { uid, gid, user } = prefix.owner;
  const child = spawn(program, args, {
    cwd: prefix.path,
    // A home of its own: Wine links the user's documents into the prefix otherwise.
    env: { ...wineEnv(prefix.path, user), WINEARCH: 'win64', HOME: `${prefix.path}/home` },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: LONGEST_MS,
    ...(process.getuid?.() === 0 ? { uid, gid } : {}),
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-500);
  });
  // Services inherit the pipe and outlive the command: its end is not waited for.
  const [code, signal] = (await once(child, 'exit').catch((error: Error) => [error.message, null])) as [
    unknown,
    unknown,
  ];
  child.stderr.destroy();
  if (code === 0) return null;
  return said.trim() || (signal === null ? `exit ${String(code)}` : `ended by ${String(signal)}`);
}

export const wine = (prefix: Prefix, ...args: string[]): Promise<string | null> =>
  complaint(prefix, [prefix.wine.loader, ...args]);

/** Ends every process of the prefix and waits until its registry is on disk. */
export const stopWine = (prefix: Prefix): Promise<string | null> => complaint(prefix, [prefix.wine.server, '-k']);
