// What recording and enforcing cost programs that open many files.
import { existsSync } from 'node:fs';
import type { Mode } from '../../native/contract/vm.js';
import { type Figure, figure, skipped, type Target } from '../figure.js';
import type { Lab } from '../lab.js';
import { interleave } from '../rounds.js';
import type { Bench, Group } from '../row.js';
import { inside, Timer } from '../timer.js';
import { Vms } from '../vms.js';

interface Work {
  command(lab: Lab): string[];
  said: string;
}

const OPEN: Work = {
  command: (lab) => [lab.program('heads'), '/usr/include'],
  said: 'walking /usr/include and reading the first byte of every file, in a new VM each time',
};
// Objects and the compiler's own files go to memory on both sides: a VM's /tmp is memory.
const COMPILE: Work = {
  command: (lab) => [lab.program('timed'), 'sh', lab.program('compile.sh'), '/dev/shm'],
  said: 'six small compilations with cc, in a new VM each time',
};

interface Row {
  name: string;
  work: Work;
  mode: Mode;
  audit?: boolean;
  /** Of the VM. */
  env?: Readonly<Record<string, string>>;
  most: number;
  usual: number;
  /** Whether strace stands beside it. */
  recording?: boolean;
}

const ROWS: readonly Row[] = [
  { name: 'record-open', work: OPEN, mode: 'allow', most: 1.4, usual: 15, recording: true },
  { name: 'record-open:trapped', work: OPEN, mode: 'allow', env: { SHUTTLE_READER: 'off' }, most: 2.8, usual: 15 },
  { name: 'record-compile', work: COMPILE, mode: 'allow', most: 1.1, usual: 9, recording: true },
  { name: 'enforce-open', work: OPEN, mode: 'enforce', most: 1.1, usual: 15 },
  { name: 'enforce-compile', work: COMPILE, mode: 'enforce', most: 1.05, usual: 9 },
  { name: 'audit-open', work: OPEN, mode: 'enforce', audit: true, most: 2.9, usual: 15 },
];

const STRACE = ['strace', '-f', '-o', '/dev/null'];
const SECCOMP = [...STRACE, '--seccomp-bpf', '-e', 'trace=openat,execve,connect'];
const ENV = { TMPDIR: '/dev/shm' };

export const files: readonly Group[] = ROWS.map((row) => ({
  names: [row.name],
  unit: 'ms',
  measure: (bench) => measure(row, bench),
}));

async function measure(row: Row, { lab, rounds }: Bench): Promise<Figure[]> {
  const command = row.work.command(lab);
  const program = { name: 'app', program: command, env: { ...ENV, ...row.env } };
  const vms = await Vms.open(lab, { mode: row.mode, audit: row.audit ?? false, vms: [program] });
  const timer = new Timer(lab, ENV);
  const native = async (...before: string[]) => inside(await timer.print(...before, ...command));
  const contenders: Record<string, () => Promise<number>> = {
    native: () => native(),
    ours: async () => inside(await vms.print('app')),
  };
  if (row.recording && existsSync('/usr/bin/strace')) {
    contenders.strace = () => native(...STRACE);
    contenders.seccomp = () => native(...SECCOMP);
  }
  const found = await interleave(rounds(row.usual), contenders);
  const ledger = await vms.close();
  timer.close();
  const { ours, native: theirs } = found as { ours: number; native: number };
  const rows = `${ledger.engine.stored} rows recorded in all, ${ledger.engine.lost} lost`;
  const target: Target = { of: 'ratio', most: row.most };
  return [
    figure(row.name, 'ms', { ours, theirs }, `${row.work.said}; against native; ${rows}`, target),
    ...(row.recording ? beside(row.name, found) : []),
  ];
}

function beside(name: string, found: Record<string, number>): Figure[] {
  const { ours, native, strace, seccomp } = found as {
    ours: number;
    native: number;
    strace?: number;
    seccomp?: number;
  };
  const rival = (as: string, time: number | undefined, what: string): Figure =>
    time === undefined
      ? skipped(`${name}:${as}`, 'ms', 'strace is not installed')
      : figure(`${name}:${as}`, 'ms', { ours, theirs: time }, `${what} is ${(time / native).toFixed(1)} times native`);
  return [
    rival('strace', strace, '`strace -f`'),
    rival('strace-seccomp', seccomp, '`strace -f --seccomp-bpf -e openat,execve,connect`'),
  ];
}
