// Calls from every kind of thread, also where the kernel knows no descriptors of threads (before 6.9).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allow, runVms } from './engine_vm.js';

// Outside /tmp, which every VM has for itself.
const folder = mkdtempSync(join(process.getuid?.() === 0 ? '/opt' : homedir(), 'shuttle-threads-'));
const program = join(folder, 'threads');
const server: Server = createServer((socket) => socket.end('pong'));
let port = 0;

beforeAll(async () => {
  execFileSync('chmod', ['755', folder]);
  execFileSync('cc', ['-O1', '-o', program, 'fixtures/programs/threads.c', '-pthread']);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address ? address.port : 0;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const [ours, own, last] = [
  'another thread',
  'a thread with descriptors of its own',
  'a thread that outlives the first',
];

test.each([
  ['with the descriptors of each', false, 'pong', 'pong'],
  // Rather none than one of another thread's.
  ['with those of the process alone', true, 'EBADF', 'EBADF'],
])('%s', async (_name, noThreadPidfds, apart, outlives) => {
  const rules = [allow('tcp.connect', 'app', 'host', `127.0.0.1:${port}`)];
  const setting = { mode: 'enforce', rules, noThreadPidfds } as const;
  const { output, rows } = await runVms([{ name: 'app', program: [program, String(port)] }], setting);
  expect(output.app).toBe(`the first thread: pong\n${ours}: pong\n${own}: ${apart}\n${last}: ${outlives}\n`);
  expect(rows.filter((row) => row.verdict === 'shuttled')).toHaveLength(apart === 'pong' ? 4 : 2);
});
