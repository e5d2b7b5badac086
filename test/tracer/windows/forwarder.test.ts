import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { forwarderDll } from '../../../tracer/windows/forwarder.js';
import { LIBRARIES } from '../../../tracer/windows/recipe.js';

const folder = mkdtempSync(join(tmpdir(), 'shuttle-forwarder-'));
afterAll(() => rmSync(folder, { recursive: true }));

// Binutils' own reader, of the cross compiler.
const READERS = { 64: 'x86_64-w64-mingw32-objdump', 32: 'i686-w64-mingw32-objdump' } as const;
const reads = (bits: 32 | 64) => spawnSync(READERS[bits], ['--version']).status === 0;

test.each([64, 32] as const)('a library of %i bits is one to others too', (bits) => {
  const made = forwarderDll({ name: 'two.dll', exports: { Second: 'kernel32.Sleep', First: 'ntdll.NtClose' } }, bits);
  expect(made.length % 0x200).toBe(0);
  if (!reads(bits)) return;
  const file = join(folder, `two${bits}.dll`);
  writeFileSync(file, made);
  const said = execFileSync(READERS[bits], ['-p', file], { encoding: 'utf8' });
  expect(said).toContain(bits === 64 ? 'pei-x86-64' : 'pei-i386');
  expect(said).toMatch(/Forwarder RVA -- ntdll\.NtClose[\s\S]*Forwarder RVA -- kernel32\.Sleep/);
  expect(said).toMatch(/First[\s\S]*Second/);
});

test('every library of the recipe fits its headers', () => {
  for (const library of LIBRARIES) expect(forwarderDll(library, 64).subarray(0, 2).toString()).toBe('MZ');
});
