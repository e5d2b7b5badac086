import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addon } from '../../native/engine.js';

const { net } = addon();
const folder = mkdtempSync(join(tmpdir(), 'shuttle-diag-'));
const tcp = createServer();
const wild = createServer();
const path = createServer();
const udp = createSocket('udp4');
let ports = { tcp: 0, wild: 0, udp: 0 };

beforeAll(async () => {
  tcp.listen(0, '127.0.0.1');
  wild.listen(0, '0.0.0.0');
  path.listen(join(folder, 's'));
  udp.bind(0, '127.0.0.1');
  await Promise.all([tcp, wild, path, udp].map((one) => once(one, 'listening')));
  const port = (server: typeof tcp) => (server.address() as { port: number }).port;
  ports = { tcp: port(tcp), wild: port(wild), udp: udp.address().port };
});

afterAll(() => {
  for (const one of [tcp, wild, path, udp]) one.close();
  rmSync(folder, { recursive: true });
});

test.each([
  ['tcp', () => `127.0.0.1:${ports.tcp}`, true],
  ['tcp', () => `127.0.0.2:${ports.tcp}`, false],
  ['tcp', () => `[::1]:${ports.tcp}`, false],
  ['tcp', () => `0.0.0.0:${ports.tcp}`, true],
  ['tcp', () => `[::ffff:127.0.0.1]:${ports.tcp}`, true],
  ['tcp', () => `127.0.0.2:${ports.wild}`, true],
  ['udp', () => `127.0.0.1:${ports.udp}`, true],
  ['udp', () => `127.0.0.3:${ports.udp}`, false],
] as const)('%s %s is served: %s', (protocol, at, served) => {
  expect(net.listener(protocol, at()) > 0).toBe(served);
});

test('the program that holds a socket is found', () => {
  const inode = net.listener('tcp', `127.0.0.1:${ports.tcp}`);
  expect(net.socketImage(inode)).toBe(process.execPath);
  expect(net.socketImage(inode)).toBe(process.execPath); // as remembered
  expect(net.socketImage(0)).toBe('');
});

test('a unix socket is found by its path', () => {
  expect(net.unixListener(join(folder, 's'))).toBeGreaterThan(0);
  expect(net.unixListener(join(folder, 't'))).toBe(0);
});
