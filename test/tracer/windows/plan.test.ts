import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Base } from '../../../tracer/windows/base.js';
import { hostFile } from '../../../tracer/windows/host_file.js';
import { placeInVm, planWindows, wineCommand } from '../../../tracer/windows/plan.js';
import { COMMON_SETTINGS, registryText } from '../../../tracer/windows/recipe.js';
import { versionSettings, WINDOWS_VERSIONS } from '../../../tracer/windows/versions.js';
import type { WineInstall } from '../../../tracer/windows/wine.js';

const debian: WineInstall = {
  loader: '/usr/lib/wine/wine64',
  server: '/usr/lib/wine/wineserver64',
  has32: false,
  folders: [],
  stamp: 's',
};
const base = (path: string): Base => ({ path, windows: 'win10', wine: '8.0', user: 'ada' });

describe('the plan', () => {
  const layer = { upper: '/state/u', work: '/state/w', volatile: true };
  const over = (to: string, lower: readonly string[]) => ({ do: 'overlay', to, lower, ...layer }) as const;

  test('lays the VM over the base, and calls C: its own', () => {
    const part = planWindows(base('/state/base'), debian, null, over, undefined);
    expect(part.steps.at(-1)).toEqual({ do: 'overlay', to: '/wine', lower: ['/state/base'], ...layer });
    expect(part.zones).toContainEqual({ path: '/wine', zone: 'own', from: '/state/base' });
    expect(part.variables).toEqual({ user: 'ada', home: 'C:\\users\\ada', temp: 'C:\\users\\ada\\Temp', session: '1' });
  });

  test('shows a Wine that stands outside /usr', () => {
    const part = planWindows(base('/b'), { ...debian, folders: ['/opt/wine-stable'] }, null, over, undefined);
    const shown = { do: 'bind', to: '/opt/wine-stable', from: '/opt/wine-stable', write: false, optional: true };
    expect(part.steps).toContainEqual(shown);
  });

  test.each([
    [undefined, 'C.UTF-8'],
    ['C', 'C.UTF-8'],
    ['ru_RU.UTF-8', undefined],
    ['en_GB.utf8', undefined],
  ])('locale %s', (lang, expected) => {
    expect(planWindows(base('/b'), debian, null, over, lang).env.LC_ALL).toBe(expected);
  });
});

test.each([
  [
    ['C:\\node\\node.exe', 'a b'],
    ['/usr/lib/wine/wine64', 'C:\\node\\node.exe', 'a b'],
  ],
  [['/home/me/my app.exe'], ['/usr/lib/wine/wine64', 'Z:\\home\\me\\my app.exe']],
])('%j is run by %j', (program, command) => expect(wineCommand(debian, program)).toEqual(command));

test.each([
  ['C:\\pgsql', '/wine/drive_c/pgsql'],
  ['/opt/pgsql', '/opt/pgsql'],
])('%s stands at %s in the VM', (name, path) => expect(placeInVm(name)).toBe(path));

test('a drive there is not is a problem', () => {
  expect(() => placeInVm('D:\\x')).toThrow(
    expect.objectContaining({ problem: { code: 'WINDOWS_NAME_UNMAPPED', name: 'D:\\x' } }),
  );
});

describe('the file behind a name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shuttle-host-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  for (const name of ['base/drive_c/windows/cmd.exe', 'pg/bin/initdb.exe', 'deep/tool.exe']) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), '');
  }
  const mounts = { 'C:\\pgsql': join(folder, 'pg'), 'c:\\PGSQL\\Deep': join(folder, 'deep') };

  test.each([
    ['C:\\pgsql\\bin\\initdb.exe', 'pg/bin/initdb.exe'],
    ['c:\\PGSQL\\BIN\\InitDB', 'pg/bin/initdb.exe'],
    ['C:\\pgsql\\deep\\tool.exe', 'deep/tool.exe'],
    ['C:\\Windows\\cmd.exe', 'base/drive_c/windows/cmd.exe'],
    ['C:\\pgsql\\bin\\none.exe', null],
    ['C:\\pgsqlx\\bin\\initdb.exe', null],
    [`Z:${join(folder, 'pg/bin/initdb.exe').replaceAll('/', '\\')}`, 'pg/bin/initdb.exe'],
    [join(folder, 'pg/bin/initdb.exe'), 'pg/bin/initdb.exe'],
  ])('%s', (name, file) => {
    expect(hostFile(name, mounts, base(join(folder, 'base')))).toBe(file === null ? null : join(folder, file));
  });
});

test('the registry text is what regedit reads', () => {
  const text = registryText({
    'HKEY_CURRENT_USER\\A': { gone: null, four: 4, path: 'C:\\x' },
    'HKEY_CURRENT_USER\\B': null,
  });
  expect(text).toBe(
    'REGEDIT4\r\n\r\n[HKEY_CURRENT_USER\\A]\r\n"gone"=-\r\n"four"=dword:00000004\r\n"path"="C:\\\\x"\r\n\r\n[-HKEY_CURRENT_USER\\B]\r\n',
  );
});

test('no version undoes what every base is given', () => {
  const common = new Set(Object.keys(COMMON_SETTINGS));
  for (const version of WINDOWS_VERSIONS)
    expect(Object.keys(versionSettings(version)).filter((key) => common.has(key))).toEqual([]);
});
