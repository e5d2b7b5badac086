// Base prefixes, with the machine's own Wine. Slow the first time only where Wine itself is.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Base, ensureBase, listBases } from '../../tracer/windows/base.js';
import type { WindowsVersion } from '../../tracer/windows/versions.js';
import { findWine, type WineInstall } from '../../tracer/windows/wine.js';
import type { Owner } from '../../tracer/windows/wine_process.js';

const wine = findWine();
const root = process.getuid?.() === 0;
const owner: Owner = root
  ? { uid: 65534, gid: 65534, user: 'ada' }
  : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, user: 'ada' };

function linksIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isSymbolicLink() ? [path] : entry.isDirectory() ? linksIn(path) : [];
  });
}

describe.skipIf(wine === null)(`base prefixes${wine === null ? ' (skipped: no Wine on this machine)' : ''}`, () => {
  let state = '';
  const said: string[] = [];
  const ensure = (windows: WindowsVersion): Promise<Base> =>
    ensureBase({ state, wine: wine as WineInstall, windows, owner, progress: (text) => said.push(text) });

  beforeAll(() => {
    state = mkdtempSync(join(tmpdir(), 'shuttle-base-'));
    if (root) chmodSync(state, 0o711);
  });
  afterAll(() => rmSync(state, { recursive: true, force: true }));

  test('two at once build one', async () => {
    const [one, other] = await Promise.all([ensure('win10'), ensure('win10')]);
    expect(other).toEqual(one);
    expect(said.filter((text) => text.startsWith('building'))).toHaveLength(1);
    expect(one).toMatchObject({ windows: 'win10', user: 'ada', wine: expect.stringMatching(/^\d/) });
  });

  test('it is the VM user’s, and nothing in it leads to the host’s home', async () => {
    const { path } = await ensure('win10');
    expect(statSync(path).uid).toBe(owner.uid);
    expect(linksIn(join(path, 'drive_c/users'))).toEqual([]);
    expect(readdirSync(join(path, 'dosdevices'))).toEqual(['c:', 'z:']);
    expect(lstatSync(join(path, 'drive_c/users/ada/Documents')).isDirectory()).toBe(true);
    expect(readFileSync(join(path, 'user.reg'), 'utf8')).toContain('"Graphics"="x11,null"');
  });

  test('the second time it is only looked at', async () => {
    said.length = 0;
    await ensure('win10');
    expect(said).toEqual([]);
  });

  test('another version shares its files and leaves the first as it was', async () => {
    const first = await ensure('win10');
    const registry = readFileSync(join(first.path, 'system.reg'), 'utf8');
    const other = await ensure('win7');
    const shared = 'drive_c/windows/system32/kernel32.dll';
    expect(statSync(join(other.path, shared)).ino).toBe(statSync(join(first.path, shared)).ino);
    expect(readFileSync(join(first.path, 'system.reg'), 'utf8')).toBe(registry);
    expect(registry).toContain('"CurrentBuild"="19043"');
    expect(readFileSync(join(other.path, 'system.reg'), 'utf8')).toContain('"CurrentBuild"="7601"');
    expect(
      listBases(state)
        .map((base) => base.windows)
        .sort(),
    ).toEqual(['win10', 'win7']);
  });

  test('what an interrupted build left is no base, and goes', async () => {
    const shelf = join((await ensure('win10')).path, '..');
    const leftover = join(shelf, '.win11.building');
    mkdirSync(join(leftover, 'drive_c'), { recursive: true });
    await ensure('win11');
    expect(existsSync(leftover)).toBe(false);
  });

  test('a Wine that fails is a problem that names the step, and leaves nothing', async () => {
    const broken = { ...(wine as WineInstall), loader: '/bin/false', stamp: 'broken' };
    const building = ensureBase({ state, wine: broken, windows: 'win10', owner });
    await expect(building).rejects.toMatchObject({ problem: { code: 'WINE_BASE_FAILED', step: 'wineboot' } });
    const shelf = readdirSync(join(state, 'windows')).find((name) => name.startsWith('broken')) as string;
    expect(readdirSync(join(state, 'windows', shelf))).toEqual(['lock']);
  });

  test('no process of Wine is left', () => {
    const prefixes = spawnSync('sh', ['-c', 'cat /proc/[0-9]*/environ 2>/dev/null'], { encoding: 'latin1' }).stdout;
    expect(prefixes.includes(`WINEPREFIX=${state}`)).toBe(false);
  });
});
