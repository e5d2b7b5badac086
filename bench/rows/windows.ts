// How long the first Windows program takes in a new VM, where Wine alone has to make a prefix.
import { join } from 'node:path';
import { findWine, type WineInstall } from '../../tracer/windows/wine.js';
import { wineEnv } from '../../tracer/windows/wine_process.js';
import { type Figure, figure, skipped } from '../figure.js';
import type { Lab } from '../lab.js';
import { interleave } from '../rounds.js';
import type { Bench, Group } from '../row.js';
import { Timer } from '../timer.js';
import { Vms } from '../vms.js';

const NAMES = ['windows-start', 'windows-start:existing'] as const;
const CMD = ['C:\\windows\\system32\\cmd.exe', '/c', 'exit', '0'];
const SAID = '`cmd.exe /c exit` to its end, no Wine server running before';

export const windows: Group = {
  names: NAMES,
  unit: 'ms',
  async measure(bench: Bench): Promise<Figure[]> {
    const wine = findWine();
    if (wine === null) return NAMES.map((name) => skipped(name, 'ms', 'Wine is not installed'));
    const { lab, rounds, progress } = bench;
    const setting = { mode: 'enforce', vms: [{ name: 'app', program: CMD }] } as const;
    const vms = await Vms.open(lab, setting, progress);
    const existing = new Prefix(lab, wine, 'existing');
    const first = () => new Prefix(lab, wine, `new-${serial++}`);
    try {
      const made = await interleave(rounds(3), { prefix: () => once(first()) });
      const found = await interleave(rounds(9), {
        prefix: () => existing.run(),
        ours: () => vms.start('app', undefined, 'exited'),
      });
      const { ours } = found;
      return [
        figure(NAMES[0], 'ms', { ours, theirs: made.prefix }, `${SAID}; against a new prefix`, {
          of: 'ratio',
          most: 0.1,
        }),
        figure(NAMES[1], 'ms', { ours, theirs: found.prefix }, `${SAID}; against a prefix that is there`, {
          of: 'ratio',
          most: 1.5,
        }),
      ];
    } finally {
      existing.close();
      await vms.close();
    }
  },
};

let serial = 0;

async function once(prefix: Prefix): Promise<number> {
  const took = await prefix.run();
  prefix.close();
  return took;
}

/** A prefix of plain Wine's; its server is ended after each program, outside the measured time. */
class Prefix {
  private readonly timer: Timer;

  constructor(
    lab: Lab,
    private readonly wine: WineInstall,
    name: string,
  ) {
    const path = join(lab.room(`prefix-${name}`), 'wine');
    this.timer = new Timer(lab, { ...wineEnv(path, 'user'), WINEARCH: 'win64', HOME: lab.folder, DISPLAY: '' });
  }

  async run(): Promise<number> {
    const took = await this.timer.time(this.wine.loader, ...CMD);
    await this.timer.time(this.wine.server, '-k').catch(() => {}); // ended by itself already
    return took;
  }

  close(): void {
    this.timer.close();
  }
}
