// What a call of an Automation object costs across VMs, against client and server in one plain Wine prefix.
import { existsSync } from 'node:fs';
import { findWine } from '../../tracer/windows/wine.js';
import { type Figure, figure, skipped } from '../figure.js';
import { Prefix } from '../plain_wine.js';
import { interleave } from '../rounds.js';
import type { Bench, Group } from '../row.js';
import { inside } from '../timer.js';
import { Vms } from '../vms.js';
import { builtWindows, COMPILER, rule } from './windows_parts.js';

const NAME = 'com-call';
const CLASS = '{1ab0c0a5-0001-0002-8001-020304050607}';
const CALLS = 1000;
const LIBRARIES = ['-municode', '-lole32', '-loleaut32', '-luuid'];

export const windowsCom: Group = { names: [NAME], unit: 'us', measure };

async function measure({ lab, rounds, progress }: Bench): Promise<Figure[]> {
  const wine = findWine();
  if (wine === null) return [skipped(NAME, 'us', 'Wine is not installed')];
  if (!existsSync(COMPILER)) return [skipped(NAME, 'us', 'mingw-w64 is not installed')];
  const owner = builtWindows(lab, 'com_owner', ...LIBRARIES);
  const user = builtWindows(lab, 'com_user', ...LIBRARIES);
  const setting = {
    mode: 'enforce',
    rules: [rule('class', ['com.activate'], 'app', 'owner', CLASS)],
    vms: [
      { name: 'app', program: [user] },
      { name: 'owner', program: [owner] },
    ],
  } as const;
  const vms = await Vms.open(lab, setting, progress);
  const plain = new Prefix(lab, wine, 'com');
  const call = [user, CLASS, 'times', String(CALLS)];
  try {
    // Without a display windows need Wine's null driver, which VMs have by themselves, from the server's start on.
    await plain.run('reg', 'add', 'HKCU\\Software\\Wine\\Drivers', '/v', 'Graphics', '/d', 'null', '/f');
    plain.keep(owner, 'serve');
    await vms.start('owner', [owner, 'serve'], 'served');
    const us = (ms: number) => (ms * 1000) / CALLS;
    const found = await interleave(rounds(5), {
      plain: async () => us(inside(await plain.print(...call))),
      ours: async () => us(inside(await vms.print('app', call))),
    });
    const said = 'a method of an Automation object of another VM; against client and server in one plain prefix';
    return [figure(NAME, 'us', { ours: found.ours, theirs: found.plain }, said, { of: 'ratio', most: 2.0 })];
  } finally {
    await plain.close();
    await vms.close();
  }
}
