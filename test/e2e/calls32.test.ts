// 32-bit system calls: refused altogether, and where 32-bit Wine runs held to the same wall as all others.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runVms } from './engine_vm.js';

const source = fileURLToPath(new URL('../../fixtures/programs/calls32.c', import.meta.url));
const runs32 = process.arch === 'x64';
let folder = '';
let server: Server;
let port = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shuttle-calls32-'));
  execFileSync('cc', ['-O1', '-pthread', '-o', join(folder, 'calls32'), source]);
  server = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = String(typeof address === 'object' && address ? address.port : 0);
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const said = (text = '') =>
  Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map((line) => line.split(': ')),
  );

async function tried(windows32: boolean) {
  const secret = join(folder, 'secret');
  writeFileSync(secret, 'secret');
  const shown = { do: 'bind' as const, to: '/calls32', from: join(folder, 'calls32'), write: false };
  const vm = {
    name: 'app',
    program: ['/calls32', secret, port],
    mode: 'enforce' as const,
    windows32,
    extra: { steps: [shown], zones: [{ path: '/calls32', zone: 'mount' as const, from: shown.from }] },
  };
  const { output, rows, codes } = await runVms([vm]);
  return { lines: said(output.app), rows, code: codes.app };
}

test.skipIf(!runs32)('none is let in where nothing needs them', async () => {
  const { lines } = await tried(false);
  expect([...new Set(Object.values(lines))].sort()).toEqual(['ENOSYS', 'held']);
});

test.skipIf(!runs32)('where 32-bit Wine runs they meet the same wall', async () => {
  const { lines, rows, code } = await tried(true);
  expect(lines).toEqual({
    getpid: 'yes',
    inet: 'yes',
    unix: 'yes',
    raw: 'EAFNOSUPPORT',
    packet: 'EAFNOSUPPORT',
    vsock: 'EAFNOSUPPORT',
    'vsock, the direct call': 'EAFNOSUPPORT',
    'queue, by the call for all': 'ENOENT',
    'connect inside': 'yes',
    'connect outside': 'ECONNREFUSED',
    open: 'ENOENT',
    raced: 'held',
  });
  expect(code).toBe(0);
  expect(rows).toContainEqual(
    expect.objectContaining({ op: 'queue.open', object: 'sysv:0x05c0ffee', verdict: 'absent', status: 2 }),
  );
  expect(rows).toContainEqual(
    expect.objectContaining({ op: 'tcp.connect', object: `127.0.0.1:${port}`, verdict: 'blocked', source: 'engine' }),
  );
});
