// How long the first Windows program takes in a new VM, where Wine alone has to make a prefix.
import { findWine } from '../../tracer/windows/wine.js';
import { type Figure, figure, skipped } from '../figure.js';
import { Prefix } from '../plain_wine.js';
import { interleave } from '../rounds.js';
import type { Bench, Group } from '../row.js';
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
        prefix: () => existing.run(...CMD),
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
      await existing.close();
      await vms.close();
    }
  },
};

let serial = 0;

async function once(prefix: Prefix): Promise<number> {
  const took = await prefix.run(...CMD);
  await prefix.close();
  return took;
}
