// The engine's pure parsers (DNS, patterns, names, JSON, init's plan, control data, what channels bring) and the record's
// tables under the sanitizers, with a corpus and thousands of changes of it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const native = fileURLToPath(new URL('../../native/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'shuttle-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PARTS = [
  'automaton',
  'pattern',
  'fold',
  'utf8',
  'json',
  'net/dns_message',
  'net/address',
  'net/descriptors',
  'handed',
  'readings',
  'windows/command_line',
  'windows/rpc_pdu',
  'windows/objref',
];
const RECORD = ['recorder', 'table', 'slot', 'interner'];
const FLAGS = ['-std=c++20', '-O1', '-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];

const compile = (sources: readonly string[], to: string) =>
  spawnSync(process.env.CXX ?? 'g++', [...FLAGS, '-o', join(folder, to), ...sources], { encoding: 'utf8' });

/** Why there are no sanitizers here, or null. */
function lacking(): string | null {
  const empty = join(folder, 'empty.cc');
  writeFileSync(empty, 'int main() { return 0; }\n');
  const compiled = compile([empty], 'empty');
  if (compiled.status !== 0) return 'the compiler has no sanitizers';
  // Where a process may not be traced, or has no room for shadow memory, they do not start.
  return spawnSync(join(folder, 'empty')).status === 0 ? null : 'the sanitizers do not run here';
}

const reason = lacking();

test.skipIf(reason !== null)(
  `hostile bytes break no parser${reason === null ? '' : `: skipped, ${reason}`}`,
  () => {
    const sources = ['test/fuzz.cc', ...[...PARTS, ...RECORD].map((part) => `engine/${part}.cc`)].map((name) =>
      join(native, name),
    );
    const compiled = compile(sources, 'fuzz');
    expect(compiled.stderr).toBe('');
    const options = { ...process.env, ASAN_OPTIONS: 'detect_leaks=0' };
    const run = spawnSync(join(folder, 'fuzz'), ['4000'], { encoding: 'utf8', env: options });
    expect({ status: run.status, said: run.stderr }).toEqual({ status: 0, said: '' });
  },
  600_000,
);
