// What named pipes between Windows programs cost across VMs, against two processes in one plain Wine prefix; and what a
// dock takes of memory while it carries them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { findWine } from '../../tracer/windows/wine.js';
import { type Figure, figure, skipped } from '../figure.js';
import { Prefix } from '../plain_wine.js';
import { interleave, median } from '../rounds.js';
import type { Bench, Group } from '../row.js';
import { inside } from '../timer.js';
import { Vms } from '../vms.js';
import { builtWindows, COMPILER, rule } from './windows_parts.js';

const PIPE = '\\\\.\\pipe\\bench-speed';
const ECHOES = 5000;
const PIECES = 4000; // of 64 KiB
const PIECE_MB = 0.065_536;
const NAMES = ['pipe-echo', 'pipe-bulk', 'dock-memory'] as const;
const UNITS = { 'pipe-echo': 'us', 'pipe-bulk': 'MB/s', 'dock-memory': 'MB' } as const;

export const windowsPipes: Group = { names: NAMES, unit: 'us', measure };

async function measure({ lab, rounds, progress }: Bench): Promise<Figure[]> {
  const wine = findWine();
  const lack = wine === null ? 'Wine is not installed' : existsSync(COMPILER) ? null : 'mingw-w64 is not installed';
  if (wine === null || lack !== null) return NAMES.map((name) => skipped(name, UNITS[name], String(lack)));
  const program = builtWindows(lab, 'pipe_speed');
  const setting = {
    mode: 'enforce',
    rules: [rule('pipe', ['pipe.connect'], 'app', 'owner', PIPE)],
    vms: ['app', 'owner'].map((name) => ({ name, program: [program] })),
  } as const;
  const vms = await Vms.open(lab, setting, progress);
  const plain = new Prefix(lab, wine, 'pipes');
  const docks = new Docks();
  const echo = [program, 'echo', PIPE, String(ECHOES)];
  const bulk = [program, 'bulk', PIPE, String(PIECES)];
  try {
    await plain.print('cmd', '/c', 'exit');
    plain.keep(program, 'serve', PIPE);
    await vms.start('owner', [program, 'serve', PIPE], 'served');
    const found = await interleave(rounds(5), {
      plainEcho: async () => inside(await plain.print(...echo)),
      echo: async () => inside(await docks.watch(() => vms.print('app', echo))),
      plainBulk: async () => inside(await plain.print(...bulk)),
      bulk: async () => inside(await docks.watch(() => vms.print('app', bulk))),
    });
    const us = (ms: number) => (ms * 1000) / ECHOES;
    const rate = (ms: number) => (PIECES * PIECE_MB * 1000) / ms;
    const against = 'against two processes in one plain prefix';
    return [
      figure(
        'pipe-echo',
        'us',
        { ours: us(found.echo), theirs: us(found.plainEcho) },
        `16 bytes through a pipe of another VM and back; ${against}`,
        { of: 'ratio', most: 3.5 },
      ),
      figure(
        'pipe-bulk',
        'MB/s',
        { ours: rate(found.bulk), theirs: rate(found.plainBulk) },
        `64 KiB written at a time into a pipe of another VM; ${against}`,
        { of: 'ratio', least: 0.3 },
      ),
      figure(
        'dock-memory',
        'MB',
        { ours: docks.most(), theirs: null },
        'private memory of a dock that carries them, the larger of both ends',
        { of: 'ours', most: 12 },
      ),
    ];
  } finally {
    await plain.close();
    await vms.close();
  }
}

const LOOK_MS = 100;
const DOCK = 'shuttle-dock.ex'; // as the kernel cuts it

/** Looks at the private memory of the docks below this process while something runs. */
class Docks {
  private readonly found: number[] = [];

  async watch<T>(work: () => Promise<T>): Promise<T> {
    const seen: number[] = [];
    const look = setInterval(() => seen.push(...docksBelow(process.pid).map(privateMegabytes)), LOOK_MS);
    try {
      return await work();
    } finally {
      clearInterval(look);
      if (seen.length > 0) this.found.push(Math.max(...seen));
    }
  }

  most(): number {
    if (this.found.length === 0) throw new Error('no dock was found');
    return median(this.found);
  }
}

function docksBelow(root: number): number[] {
  const parents = new Map<number, number>();
  const docks: number[] = [];
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [, command, parent] = /^\d+ \((.*)\) . (\d+)/s.exec(stat) ?? [];
      parents.set(Number(name), Number(parent));
      if (command === DOCK) docks.push(Number(name));
    } catch {} // it has ended meanwhile
  }
  const isBelow = (pid: number | undefined): boolean =>
    pid === root || (pid !== undefined && pid > 1 && isBelow(parents.get(pid)));
  return docks.filter(isBelow);
}

function privateMegabytes(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    const each = [...rollup.matchAll(/^Private_(?:Clean|Dirty): +(\d+) kB$/gm)].map(([, kb]) => Number(kb));
    return each.reduce((sum, kb) => sum + kb, 0) / 1024;
  } catch {
    return 0; // it has ended meanwhile
  }
}
