// The command line in a folder of its own, as root and as an ordinary user: what the tests of commands share.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { removeTree } from '../../tracer/vm/remove_tree.js';

const main = inject('main');

export interface Done {
  code: number | null;
  stdout: string;
  stderr: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a document holds is what the test is about
  document: any;
}

export interface Person {
  name: string;
  uid: number | null;
}

/** Root is tested where it runs the tests; the ordinary user where somebody can be him. */
export const PEOPLE: Person[] =
  process.getuid?.() === 0
    ? [
        { name: 'root', uid: null },
        { name: 'an ordinary user', uid: 54_321 },
      ]
    : [{ name: 'an ordinary user', uid: null }];

export class Place {
  readonly folder = mkdtempSync(join(tmpdir(), 'shuttle-cli-'));
  private readonly state = mkdtempSync(join(tmpdir(), 'shuttle-state-'));
  /** Variables of the commands besides PATH, HOME and the like. */
  readonly env: Record<string, string> = {};

  constructor(private readonly person: Person) {
    if (person.uid === null) return;
    for (const folder of [this.folder, this.state]) chownSync(folder, person.uid, person.uid);
  }

  write(name: string, text: string | Buffer): string {
    const file = join(this.folder, name);
    writeFileSync(file, text);
    if (String(text).startsWith('#!')) chmodSync(file, 0o755);
    return this.own(file);
  }

  /** Makes a folder in here. */
  make(name: string): string {
    const folder = join(this.folder, name);
    mkdirSync(folder);
    return this.own(folder);
  }

  /** Gives a file or folder to the person. */
  own(path: string): string {
    if (this.person.uid !== null) chownSync(path, this.person.uid, this.person.uid);
    return path;
  }

  start(args: readonly string[]): ChildProcess {
    return spawn(process.execPath, [main, ...args], { ...this.how(), stdio: ['ignore', 'pipe', 'pipe'] });
  }

  run(...args: string[]): Done {
    const done = spawnSync(process.execPath, [main, ...args], {
      ...this.how(),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { code: done.status, stdout: done.stdout, stderr: done.stderr, document: parsed(done.stdout) };
  }

  /** What a shell's command prints; $NODE and $SHUTTLE are there. */
  shell(text: string): string {
    const how = this.how();
    const env = { ...how.env, NODE: process.execPath, SHUTTLE: main };
    return spawnSync('/bin/sh', ['-c', text], { ...how, env, encoding: 'utf8' }).stdout;
  }

  remove(): void {
    for (const folder of [this.folder, this.state]) removeTree(folder);
  }

  private how() {
    const { uid } = this.person;
    const env = { PATH: process.env.PATH, HOME: this.folder, XDG_STATE_HOME: this.state, LANG: 'C.UTF-8', ...this.env };
    return { cwd: this.folder, env, ...(uid === null ? {} : { uid, gid: uid }) };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Waits until something holds; says so where it never does. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 1200; tries++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`never: ${what}`);
}
