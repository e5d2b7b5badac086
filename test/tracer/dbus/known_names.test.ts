import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { AskedNames, applicationNames } from '../../../tracer/dbus/known_names.js';

const folder = mkdtempSync(join(tmpdir(), 'shuttle-names-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('names asked for are kept for the next run, protected ones never', () => {
  const file = join(folder, 'kept', 'names');
  const names = new AskedNames(file);
  expect([names.add('se.a.B'), names.add('se.a.B'), names.add('org.freedesktop.secrets')]).toEqual([
    true,
    false,
    false,
  ]);
  expect(readFileSync(file, 'utf8')).toBe('se.a.B\n');
  expect(new AskedNames(file).all()).toEqual(['se.a.B']);
});

test('a place that cannot be written to is no hindrance', () => {
  writeFileSync(join(folder, 'file'), '');
  const names = new AskedNames(join(folder, 'file', 'names'));
  expect(names.add('se.a.B')).toBe(true);
  expect(names.all()).toEqual(['se.a.B']);
});

test('applications are known by their desktop files', () => {
  mkdirSync(join(folder, 'data', 'applications'), { recursive: true });
  for (const file of ['se.vendor.App.desktop', 'plain.desktop', 'se.vendor.App.txt'])
    writeFileSync(join(folder, 'data', 'applications', file), '');
  const env = { XDG_DATA_HOME: join(folder, 'data'), XDG_DATA_DIRS: join(folder, 'none') };
  expect(applicationNames(env)).toEqual(['se.vendor.App']);
});
