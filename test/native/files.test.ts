import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Zone } from '../../native/contract/vm.js';
import { addon } from '../../native/engine.js';

const { files } = addon();

describe('names', () => {
  test.each([
    ['/', '/'],
    ['/a/b', '/a/b'],
    ['//a///b/', '/a/b'],
    ['/a/./b/.', '/a/b'],
    ['/a/../b', '/b'],
    ['/../../a', '/a'],
    ['/a/..', '/'],
    ['/..a/.b/c..', '/..a/.b/c..'],
  ])('%s is %s', (path, canonical) => expect(files.canonical(path)).toBe(canonical));

  const parts = fc.array(fc.constantFrom('', '.', '..', '...', 'a', '.b', 'c.', 'long name'), { maxLength: 12 });
  test('a canonical name stays as it is, and is recognised', () => {
    fc.assert(
      fc.property(parts, (names) => {
        const path = `/${names.join('/')}`;
        const canonical = files.canonical(path);
        expect(files.isCanonical(canonical)).toBe(true);
        expect(files.canonical(canonical)).toBe(canonical);
        expect(files.isCanonical(path)).toBe(path === canonical);
      }),
    );
  });

  test.each([
    ['/usr/lib/libc.so.6', true],
    ['/opt/x/plugin.so', true],
    ['/opt/lib.so.1.2.3', true],
    ['C:/x/A.DLL', true],
    ['/etc/ld.so.conf', false],
    ['/etc/ld.so.cache', false],
    ['/x/.so', false],
    ['/x/song', false],
    ['/x.so/readme', false],
  ])('%s is a library: %s', (path, is) => expect(files.isLibrary(path)).toBe(is));

  const drives = [
    { letter: 'c', path: '/vm/prefix/drive_c' },
    { letter: 'z', path: '/' },
    { letter: 'D', path: '/vm/prefix/drive_c/data' },
  ];
  test.each([
    ['/vm/prefix/drive_c', 'C:\\'],
    ['/vm/prefix/drive_c/users/Ann/a.txt', 'C:\\users\\Ann\\a.txt'],
    ['/vm/prefix/drive_c/data/x', 'D:\\x'],
    ['/vm/prefix/drive_c/database', 'C:\\database'],
    ['/vm/prefix/drive_cc/x', 'Z:\\vm\\prefix\\drive_cc\\x'],
    ['/', 'Z:\\'],
  ])('%s is %s', (path, name) => expect(files.driveName(path, drives)).toBe(name));

  test('what no drive shows keeps its name', () =>
    expect(files.driveName('/srv/x', drives.slice(0, 1))).toBe('/srv/x'));
});

describe('zones', () => {
  const zones: { path: string; zone: Zone; from: string }[] = [
    { path: '/', zone: 'outside', from: '/' },
    { path: '/usr', zone: 'base', from: '/usr' },
    { path: '/tmp', zone: 'private', from: '' },
    { path: '/data', zone: 'mount', from: '/home/ann/data' },
    { path: '/home/ann/.ssh', zone: 'protected', from: '/home/ann/.ssh' },
  ];
  test.each([
    ['/usr/bin/x', 'base', '/usr/bin/x', '/usr/bin/x'],
    ['/usrlocal', 'outside', '/usrlocal', '/usrlocal'],
    ['/tmp', 'private', '/tmp', '/tmp'],
    ['/data/a/b', 'mount', '/home/ann/data/a/b', '/data/a/b'],
    ['/data', 'mount', '/home/ann/data', '/data'],
    ['/home/ann/.ssh/id', 'protected', '/home/ann/.ssh/id', '/home/ann/.ssh/id'],
    ['/srv/x', 'outside', '/srv/x', '/srv/x'],
  ])('%s is %s', (path, zone, host, back) => expect(files.zoneOf(zones, path)).toEqual({ zone, host, back }));

  test('without any, everything is outside', () => expect(files.zoneOf([], '/x').zone).toBe('outside'));
});

describe('what becomes of a file', () => {
  test.each([
    ['the base system is read', { zone: 'base', here: true, onHost: true }, 'read', 'silent'],
    ['a host file is read', { zone: 'outside', here: true, onHost: true, learning: true }, 'read', 'host'],
    ['a file the VM made is read', { zone: 'outside', here: true }, 'read', 'silent'],
    [
      'a host file the VM deleted is looked for',
      { zone: 'outside', folderHere: true, onHost: true, learning: true },
      'read',
      'nowhere',
    ],
    ['a host file is looked for under rules', { zone: 'outside', folderHere: true, onHost: true }, 'read', 'ask'],
    ['a protected file is looked for', { zone: 'protected', onHost: true, learning: true }, 'read', 'ask'],
    [
      'a protected file is looked at through its mask',
      { zone: 'protected', here: true, onHost: true, learning: true },
      'read',
      'ask',
    ],
    ["another VM's file is looked for", { zone: 'private', otherVm: true, learning: true }, 'read', 'ask'],
    ['nobody has it', { zone: 'private', folderHere: true }, 'read', 'nowhere'],
    ['its own folder does not have it', { zone: 'own', folderHere: true, onHost: true }, 'read', 'silent'],
    ['a host file is changed', { zone: 'outside', here: true, onHost: true }, 'change', 'private'],
    ['a system file is changed', { zone: 'base', here: true, onHost: true }, 'change', 'private'],
    ['a file of its own is changed', { zone: 'private', here: true }, 'change', 'silent'],
    ['a file is made in a host folder', { zone: 'outside', folderHere: true }, 'create', 'private'],
    ['a file is made in a folder that is not shown', { zone: 'outside', folderOnHost: true }, 'create', 'hidden'],
    ['a file is made in no folder', { zone: 'outside' }, 'create', 'nowhere'],
    ['a hidden host file is changed', { zone: 'outside', onHost: true }, 'change', 'hidden'],
    ['a protected file is changed', { zone: 'protected', here: true, onHost: true }, 'change', 'hidden'],
    ["another VM's file is changed", { zone: 'private', otherVm: true }, 'change', 'ask'],
    ['a file is made that another VM has too', { zone: 'private', otherVm: true }, 'create', 'silent'],
  ] as const)('%s', (_what, found, how, course) => expect(files.course(found, how)).toBe(course));
});
