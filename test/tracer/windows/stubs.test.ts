// In programs of 32 bits whoever is called takes the arguments off the stack. A handler of the agent's that takes other
// than what Wine's own call takes would leave its caller with a broken stack, so each is compared with Wine's stub.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { findWine, wineLibrary } from '../../../tracer/windows/wine.js';

const TOOLS = '/usr/bin/i686-w64-mingw32-';
const agent = fileURLToPath(new URL('../../../native/windows/agent/', import.meta.url));
const wine = findWine();
const libraries = ['ntdll.dll', 'win32u.dll'].map((name) => (wine?.has32 ? wineLibrary(wine, 32, name) : null));
const lacking = libraries.includes(null)
  ? 'no 32-bit Wine'
  : existsSync(`${TOOLS}gcc`)
    ? ''
    : 'no mingw-w64 for 32 bits';

/** Code of an image's exports, 16 bytes each, by name. */
function stubsOf(file: string): Map<string, Buffer> {
  const image = readFileSync(file);
  const pe = image.readUInt32LE(0x3c);
  const table = pe + 24 + image.readUInt16LE(pe + 20);
  const sections = Array.from({ length: image.readUInt16LE(pe + 6) }, (_, i) =>
    [8, 12, 20].map((field) => image.readUInt32LE(table + 40 * i + field)),
  ) as [size: number, begin: number, raw: number][];
  const offset = (address: number): number => {
    const [, begin, raw] = sections.find(([size, at]) => address >= at && address < at + size) ?? [0, 0, 0];
    return address - begin + raw;
  };
  const exports = offset(image.readUInt32LE(pe + 24 + 96));
  const [functions, names, ordinals] = [28, 32, 36].map((field) => offset(image.readUInt32LE(exports + field))) as [
    number,
    number,
    number,
  ];
  const found = new Map<string, Buffer>();
  for (let i = 0; i < image.readUInt32LE(exports + 24); i++) {
    const name = offset(image.readUInt32LE(names + 4 * i));
    const code = offset(image.readUInt32LE(functions + 4 * image.readUInt16LE(ordinals + 2 * i)));
    found.set(image.toString('latin1', name, image.indexOf(0, name)), image.subarray(code, code + 16));
  }
  return found;
}

/** The agent's handlers and how many bytes of arguments each takes, as the compiler decorates their names. */
function handlers(): [call: string, bytes: number][] {
  const folder = mkdtempSync(join(tmpdir(), 'shuttle-stubs-'));
  try {
    const sources = readdirSync(agent).filter((name) => name.endsWith('.c'));
    execFileSync(`${TOOLS}gcc`, ['-c', '-std=gnu17', '-w', ...sources.map((name) => join(agent, name))], {
      cwd: folder,
    });
    const names = execFileSync(`${TOOLS}nm`, readdirSync(folder), { cwd: folder, encoding: 'utf8' });
    return [...names.matchAll(/ _on_(Nt\w+)@(\d+)$/gm)].map(([, call, bytes]) => [call as string, Number(bytes)]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.skipIf(lacking !== '')(`the agent of 32 bits${lacking && ` (skipped: ${lacking})`}`, () => {
  test('takes the same arguments off the stack as Wine’s own calls', { timeout: 240_000 }, () => {
    const stubs = new Map(libraries.flatMap((file) => [...stubsOf(file as string)]));
    const ours = handlers();
    expect(ours.length).toBeGreaterThan(50);
    // mov eax,N; mov edx,THUNK; call edx; ret BYTES
    const theirs = ours.map(([call]) => {
      const code = stubs.get(call);
      const known = code?.[0] === 0xb8 && code[5] === 0xba && code.readUInt32BE(10) >>> 8 === 0xffd2c2;
      return [call, known ? code.readUInt16LE(13) : code?.toString('hex')];
    });
    expect(ours).toEqual(theirs);
  });
});
