import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldName } from '../../../native/contract/fold.js';
import { isWindowsName, toLinux, toWindows } from '../../../tracer/windows/drives.js';
import { DRIVES } from '../../../tracer/windows/plan.js';

test.each([
  ['/wine/drive_c/data', 'C:\\data'],
  ['/wine/drive_c', 'C:\\'],
  ['/wine/drive_c/', 'C:\\'],
  ['/wine/drive_cx/data', 'Z:\\wine\\drive_cx\\data'],
  ['/home/me/a b/приказ.exe', 'Z:\\home\\me\\a b\\приказ.exe'],
  ['/home/./me/../you//x', 'Z:\\home\\you\\x'],
  ['/../etc', 'Z:\\etc'],
  ['/', 'Z:\\'],
  ['data', null],
])('%s is written %s', (path, name) => expect(toWindows(path, DRIVES)).toBe(name));

test.each([
  ['C:\\data', '/wine/drive_c/data'],
  ['c:/Data/x', '/wine/drive_c/Data/x'],
  ['C:\\', '/wine/drive_c'],
  ['C:', '/wine/drive_c'],
  ['\\\\?\\C:\\data', '/wine/drive_c/data'],
  ['\\??\\C:\\data', '/wine/drive_c/data'],
  ['\\\\.\\C:\\data', '/wine/drive_c/data'],
  ['C:\\a\\..\\..\\..\\b', '/wine/drive_c/b'],
  ['Z:\\home\\me', '/home/me'],
  ['Z:\\', '/'],
  ['D:\\x', null],
  ['C:data', null],
  ['\\\\server\\share', null],
  ['\\\\.\\pipe\\x', null],
  ['/etc', null],
  ['', null],
])('%s stands at %s', (name, path) => expect(toLinux(name, DRIVES)).toBe(path));

test('a path survives the way there and back', () => {
  const part = fc
    .string({ minLength: 1, maxLength: 12 })
    .filter((text) => !/[\\/\0]/.test(text) && text !== '.' && text !== '..');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
      const path = `/${parts.join('/')}`;
      expect(toLinux(toWindows(path, DRIVES) as string, DRIVES)).toBe(path);
    }),
  );
});

test.each([
  ['C:\\x', true],
  ['c:', true],
  ['z:/x', true],
  ['C:x', false],
  ['/x', false],
  ['./c:/x', false],
])('%s is a Windows name: %s', (name, expected) => expect(isWindowsName(name)).toBe(expected));

test.each([
  ['Straße', 'STRAßE'],
  ['ünïcode.Exe', 'ÜNÏCODE.EXE'],
])('%s folds to %s', (name, folded) => expect(foldName(name)).toBe(folded));
