import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withFirstImport } from '../../../tracer/windows/first_import.js';
import { findWine, wineLibrary } from '../../../tracer/windows/wine.js';

const wine = findWine();
const kernel = wine === null ? null : wineLibrary(wine, 64, 'kernel32.dll');
const there = kernel !== null && existsSync(kernel);

/** Names of the libraries an image imports, in order, read anew. */
function imports(image: Uint8Array): string[] {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const pe = view.getUint32(0x3c, true);
  const optional = pe + 24;
  const table = optional + view.getUint16(pe + 20, true);
  const sections = Array.from({ length: view.getUint16(pe + 6, true) }, (_, i) => {
    const at = table + 40 * i;
    return {
      begin: view.getUint32(at + 12, true),
      size: view.getUint32(at + 16, true),
      raw: view.getUint32(at + 20, true),
    };
  });
  const offset = (address: number): number => {
    const section = sections.find((one) => address >= one.begin && address < one.begin + one.size);
    if (section === undefined) throw new Error(`no section at ${address}`);
    return section.raw + address - section.begin;
  };
  const found: string[] = [];
  for (let at = offset(view.getUint32(optional + 120, true)); view.getUint32(at + 12, true) !== 0; at += 20) {
    const name = offset(view.getUint32(at + 12, true));
    found.push(Buffer.from(image.subarray(name, image.indexOf(0, name))).toString());
  }
  return found;
}

describe.skipIf(!there)(`the import table${there ? '' : ' (skipped: no Wine on this machine)'}`, () => {
  test('has one more library, in front', () => {
    const image = new Uint8Array(readFileSync(kernel as string));
    const before = imports(image);
    const changed = withFirstImport(image, 'shuttle-agent.dll', 'shuttle_agent');
    expect(changed && imports(changed)).toEqual(['shuttle-agent.dll', ...before]);
    expect(changed?.length).toBeLessThan(image.length + 16_384);
  });

  test.skipIf(!existsSync('/usr/bin/objdump'))('is one that others read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'shuttle-import-'));
    try {
      const changed = withFirstImport(
        new Uint8Array(readFileSync(kernel as string)),
        'shuttle-agent.dll',
        'shuttle_agent',
      );
      writeFileSync(join(folder, 'k.dll'), changed as Uint8Array);
      expect(
        execFileSync('objdump', ['-p', join(folder, 'k.dll')], { encoding: 'latin1', maxBuffer: 1 << 26 }),
      ).toContain('DLL Name: shuttle-agent.dll');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test('what is no library is left alone', () => {
  const some = (bytes: Uint8Array) => withFirstImport(bytes, 'a.dll', 'b');
  expect(some(new Uint8Array(0))).toBeNull();
  expect(some(new Uint8Array(4096))).toBeNull();
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 2, maxLength: 2048 }), (bytes) => {
      bytes.set([0x4d, 0x5a], 0);
      try {
        some(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
  );
});
