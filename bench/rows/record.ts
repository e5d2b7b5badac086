// How many rows a second can be recorded: through the engine's own interface, and from a VM's real system calls.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecorderFigures } from '../../tracer/record/bench.js';
import { alone } from '../alone.js';
import { type Figure, figure } from '../figure.js';
import { median } from '../rounds.js';
import type { Bench, Group } from '../row.js';
import { inside } from '../timer.js';
import { Vms } from '../vms.js';

const MOST_MEMORY = 300;

export const recorder: Group = {
  names: ['recorder'],
  unit: 'rows/s',
  async measure({ rounds }: Bench): Promise<Figure[]> {
    const found: RecorderFigures[] = [];
    for (let round = 0; round < rounds(5); round++) found.push((await alone('recorder')) as RecorderFigures);
    const rate = median(found.map((one) => one.rowsPerSecond));
    const megabytes = median(found.map((one) => one.rss)) / 1e6;
    const lost = found.reduce((sum, one) => sum + one.lost, 0);
    const memory = `${megabytes.toFixed(0)} MB at most, ${megabytes <= MOST_MEMORY ? 'reaches' : 'MISSES'} ≤ ${MOST_MEMORY} MB`;
    const note = `${found[0]!.rows} rows, ${lost} lost, finished files included; ${memory}`;
    return [figure('recorder', 'rows/s', { ours: rate, theirs: null }, note, { of: 'ours', least: 500_000 })];
  },
};

const OPENS = 200_000;

export const traps: Group = {
  names: ['recorder-traps'],
  unit: 'rows/s',
  async measure({ lab, rounds }: Bench): Promise<Figure[]> {
    const file = join(lab.room('outside'), 'file');
    writeFileSync(file, 'outside\n');
    const program = [lab.program('opens'), file, String(OPENS)];
    const vms = await Vms.open(lab, { mode: 'allow', vms: [{ name: 'app', program }] });
    const times: number[] = [];
    for (let round = 0; round < rounds(5); round++) times.push(inside(await vms.print('app')));
    const { engine } = await vms.close();
    const rate = (OPENS / median(times)) * 1000;
    const rows = `${engine.stored} of ${OPENS * times.length} and the VMs' own stored, ${engine.lost} lost`;
    const note = `one VM's program opening a file of the host, learning; ${rows}`;
    return [figure('recorder-traps', 'rows/s', { ours: rate, theirs: null }, note, { of: 'ours', least: 100_000 })];
  },
};
