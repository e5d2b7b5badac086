// How long a VM takes to start and end, and a command that runs one.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { layerFolder } from '../../tracer/vm/layers.js';
import { removeTree } from '../../tracer/vm/remove_tree.js';
import { stateFolder } from '../../tracer/vm/state.js';
import { type Figure, figure } from '../figure.js';
import type { Lab } from '../lab.js';
import { interleave } from '../rounds.js';
import type { Bench, Group } from '../row.js';
import { Timer } from '../timer.js';
import { Vms } from '../vms.js';

const BWRAP = ['bwrap', '--unshare-all', '--ro-bind', '/', '/', '--proc', '/proc', '--dev', '/dev', '/bin/true'];
const HOW =
  'ours from the call to the engine to its event in JavaScript that the VM is gone, planning left out; bwrap started by a small native process (vfork) and waited for, no Node between';

export const starts: Group = {
  names: ['vm-start', 'vm-start-named'],
  unit: 'ms',
  async measure({ lab, rounds }: Bench): Promise<Figure[]> {
    const vms = [{ name: 'app', program: ['/bin/true'] }];
    const timer = new Timer(lab);
    const fresh = await Vms.open(lab, { mode: 'enforce', vms });
    const named = await Vms.open(lab, { mode: 'enforce', named: true, vms });
    const found = await interleave(rounds(41), {
      bwrap: () => timer.time(...BWRAP),
      fresh: () => fresh.start('app'),
      named: () => named.start('app'),
      planning: () => fresh.planning('app'),
    });
    await fresh.close();
    await named.close();
    timer.close();
    removeLayers(lab);
    const planning = `planning it takes ${found.planning.toFixed(1)} ms more`;
    return [
      figure('vm-start', 'ms', { ours: found.fresh, theirs: found.bwrap }, `${HOW}; ${planning}`, {
        of: 'ratio',
        most: 1,
      }),
      figure('vm-start-named', 'ms', { ours: found.named, theirs: found.bwrap }, HOW, { of: 'ratio', most: 1.3 }),
    ];
  },
};

function removeLayers(lab: Lab): void {
  const key = { systemFile: join(lab.folder, 'bench.shuttle.yaml'), vm: 'app', kind: 'enforce' } as const;
  removeTree(join(layerFolder(stateFolder(), key), '..', '..'));
}

const SYSTEM = `shuttle: 1
system: nothing
main: app
vms:
  app:
    program: [/bin/true]
`;

export const command: Group = {
  names: ['cli-start'],
  unit: 'ms',
  async measure({ lab, rounds }: Bench): Promise<Figure[]> {
    const file = join(lab.room('cli-start'), 'nothing.shuttle.yaml');
    writeFileSync(file, SYSTEM);
    const main = fileURLToPath(new URL('../../cli/main.js', import.meta.url));
    const timer = new Timer(lab, { XDG_STATE_HOME: join(lab.folder, 'state') });
    const found = await interleave(rounds(15), {
      node: () => timer.time(process.execPath, '-e', '0'),
      ours: () => timer.time(process.execPath, main, 'run', file),
    });
    timer.close();
    const note = '`shuttle run` of /bin/true with its run folder written, against `node -e 0`';
    return [figure('cli-start', 'ms', { ours: found.ours, theirs: found.node }, note, { of: 'above', most: 150 })];
  },
};
