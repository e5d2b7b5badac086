import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isWindowsVm, ownerOf } from '../../../tracer/windows/prepare.js';

const folder = mkdtempSync(join(tmpdir(), 'shuttle-prepare-'));
afterAll(() => rmSync(folder, { recursive: true }));

const bytes = Buffer.alloc(256);
bytes.write('MZ', 0);
bytes.writeUInt32LE(128, 60);
bytes.write('PE\0\0', 128);
bytes.writeUInt16LE(0x8664, 132);
writeFileSync(join(folder, 'app'), bytes);

const asked = { windows: null, mounts: {}, setup: [] };
test.each([
  ['a Linux program', { ...asked, program: [process.execPath] }, false],
  ['a name looked for on PATH', { ...asked, program: ['node'] }, false],
  ['a program that is not there', { ...asked, program: ['/none'] }, false],
  ['a folder', { ...asked, program: [folder] }, false],
  ['a Windows program by its first bytes', { ...asked, program: [join(folder, 'app')] }, true],
  ['a Windows name', { ...asked, program: ['C:\\x.exe'] }, true],
  ['a Windows mount', { ...asked, program: ['node'], mounts: { 'C:\\x': '/x' } }, true],
  ['a Windows version', { ...asked, program: ['node'], windows: 'win7' as const }, true],
])('%s', (_name, vm, expected) => expect(isWindowsVm(vm)).toBe(expected));

test('a base is the VM user’s on disk, or root’s where root’s files are shown as his', () => {
  expect(ownerOf({ uid: 1234, gid: 5678, shift: false }, 'ada')).toEqual({ uid: 1234, gid: 5678, user: 'ada' });
  expect(ownerOf({ uid: 1234, gid: 5678, shift: true }, 'ada')).toMatchObject({ uid: process.getuid?.() });
});

test.each([
  ['DOM\\ada:b', 'DOM_ada_b'],
  ['ada lovelace', 'ada_lovelace'],
  ['Žofie', 'Žofie'],
  ['', 'user'],
])('the user name %s is the folder %s', (name, safe) => {
  expect(ownerOf({ uid: 1, gid: 1, shift: false }, name).user).toBe(safe);
});
