// Drives native/test/vm_driver.cc, which starts VMs without Node: compiled once for all tests that use it.
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { MountStep } from '../../native/contract/vm.js';

const ENGINE = ['start', 'spawn', 'sources', 'remote_init', 'cgroup', 'cgroup_place'].map(
  (name) => `native/engine/${name}.cc`,
);

/** Compiles the driver and gives a folder with it and init in it, which every user may enter. */
export function makeDriver(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'shuttle-driver-'));
  chmodSync(folder, 0o755);
  const sources = ['native/test/vm_driver.cc', ...ENGINE].map((file) => resolve(file));
  execFileSync('g++', ['-O1', '-std=c++20', '-pthread', '-o', join(folder, 'driver'), ...sources], {
    stdio: 'inherit',
  });
  copyFileSync(resolve('native/build/Release/shuttle-init'), join(folder, 'shuttle-init'));
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}

export interface Who {
  /** As whom the driver runs. */
  uid: number;
  /** As whom the VM's programs run. */
  inside: number;
  shift: boolean;
}

/** The users a VM can be started by on this machine: root is both when it is there. */
export const STARTERS: readonly (readonly [string, Who])[] =
  process.getuid?.() === 0
    ? [
        ['root', { uid: 0, inside: 64777, shift: true }],
        ['an ordinary user', { uid: 1000, inside: 1000, shift: false }],
      ]
    : [['an ordinary user', { uid: process.getuid?.() ?? -1, inside: process.getuid?.() ?? -1, shift: false }]];

export class Driver {
  private readonly process: ChildProcessWithoutNullStreams;
  private readonly lines: string[] = [];
  private readonly waiting: ((line: string) => void)[] = [];
  /** What programs of the VM and the driver said on standard error. */
  errors = '';

  constructor(folder: string, who: Who) {
    const driver = join(folder, 'driver');
    const command =
      who.uid === process.getuid?.()
        ? [driver]
        : ['setpriv', `--reuid=${who.uid}`, `--regid=${who.uid}`, '--clear-groups', driver];
    this.process = spawn(command[0]!, [...command.slice(1), join(folder, 'shuttle-init')], { cwd: '/' });
    this.process.stderr.on('data', (data) => (this.errors += data));
    createInterface(this.process.stdout).on('line', (line) => {
      const taker = this.waiting.shift();
      if (taker) taker(line);
      else this.lines.push(line);
    });
    this.say('uid', String(who.inside));
    this.say('gid', String(who.inside));
    this.say('shift', who.shift ? '1' : '0');
    this.say('env', 'PATH=/usr/bin:/bin');
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  say(...words: string[]): void {
    this.process.stdin.write(`${words.join('\t')}\n`);
  }

  steps(steps: readonly MountStep[]): void {
    for (const step of steps) this.say('step', ...wordsOf(step));
  }

  mount(step: MountStep): void {
    this.say('mount', ...wordsOf(step));
  }

  /** The next line of output. */
  line(): Promise<string> {
    const line = this.lines.shift();
    return line === undefined ? new Promise((resolve) => this.waiting.push(resolve)) : Promise.resolve(line);
  }

  /** Lines up to one that begins with `word`, without it. */
  async until(word: string): Promise<string[]> {
    const found: string[] = [];
    for (;;) {
      const line = await this.line();
      if (line.split(' ')[0] === word) return found;
      found.push(line);
    }
  }

  /** Runs a shell script as the VM's program, to its end; what it wrote. */
  async run(script: string): Promise<string> {
    this.say('argv', '/bin/sh', '-c', script.replaceAll('\n', '; '));
    this.say('go');
    const ready = await this.line();
    if (!ready.startsWith('ready')) throw new Error(ready);
    this.say('end');
    return (await this.until('ended')).join('\n');
  }

  kill(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  async close(): Promise<void> {
    this.process.stdin.end();
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    await new Promise((resolve) => this.process.once('close', resolve));
  }
}

function wordsOf(step: MountStep): string[] {
  const all = step as MountStep & Record<string, unknown>;
  const text = (name: string) => String(all[name] ?? '').replaceAll('\n', '\x01');
  const flags = `${all.write ? 'w' : ''}${all.volatile ? 'v' : ''}${all.optional ? 'o' : ''}`;
  const lower = step.do === 'overlay' ? step.lower : [];
  const from = step.do === 'link' ? step.target : text('from');
  return [
    step.do,
    step.to,
    from,
    text('text'),
    text('upper'),
    text('work'),
    String(all.mode ?? 0),
    String(all.bytes ?? 0),
    flags,
    ...lower,
  ];
}
