// How fast two VMs talk: redis-benchmark in one, redis-server in the other, under rules.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CompiledRule, NO_CONDITIONS } from '../../native/contract/rules.js';
import type { Op } from '../../native/contract/words.js';
import { type Figure, figure, skipped } from '../figure.js';
import type { Lab } from '../lab.js';
import { interleave } from '../rounds.js';
import type { Bench, Group } from '../row.js';
import { Timer } from '../timer.js';
import { Vms } from '../vms.js';

const PORT = 6379;
const SOCKET = '/tmp/redis.sock';
const LOAD = ['-t', 'set,get', '-n', '30000', '-c', '50', '--csv'];
const SAID = 'redis-benchmark with 50 clients, sets and gets, in a new VM each time; against both outside any VM';

const ROWS = [
  { name: 'redis-unix', op: 'unix.connect', object: SOCKET, relay: false, least: 0.93 },
  { name: 'redis-tcp', op: 'tcp.connect', object: `127.0.0.1:${PORT}`, relay: false, least: 0.93 },
  { name: 'redis-relay', op: 'tcp.connect', object: `127.0.0.1:${PORT}`, relay: true, least: 0.5 },
] as const;

export const redis: readonly Group[] = ROWS.map((row) => ({
  names: [row.name],
  unit: 'requests/s',
  measure: (bench) => measure(row, bench),
}));

async function measure(row: (typeof ROWS)[number], { lab, rounds }: Bench): Promise<Figure[]> {
  if (!existsSync('/usr/bin/redis-benchmark')) return [skipped(row.name, 'requests/s', 'redis is not installed')];
  const native = await nativeServer(lab);
  const unix = row.op === 'unix.connect';
  const client = ['redis-benchmark', ...(unix ? ['-s', SOCKET] : ['-h', '127.0.0.1', '-p', String(PORT)]), ...LOAD];
  const vms = await Vms.open(lab, {
    mode: 'enforce',
    rules: [toStore(row.op, row.object, row.relay)],
    vms: [
      { name: 'app', program: client },
      { name: 'store', program: server(PORT, SOCKET) },
    ],
  });
  const timer = new Timer(lab);
  try {
    await vms.start('store', undefined, 'served');
    await sleep(300); // both sockets are there
    const where = unix ? ['-s', native.socket] : ['-h', '127.0.0.1', '-p', String(native.port)];
    const found = await interleave(rounds(9), {
      native: async () => throughput(await timer.print('redis-benchmark', ...where, ...LOAD)),
      ours: async () => throughput(await vms.print('app')),
    });
    const target = { of: 'ratio', least: row.least } as const;
    return [figure(row.name, 'requests/s', { ours: found.ours, theirs: found.native }, SAID, target)];
  } finally {
    timer.close();
    native.process.kill();
    await vms.close();
  }
}

const server = (port: number, socket: string): string[] => [
  ...['redis-server', '--port', String(port), '--unixsocket', socket],
  ...['--save', '', '--appendonly', 'no', '--loglevel', 'warning', '--dir', '/tmp'],
];

async function nativeServer(lab: Lab): Promise<{ process: ChildProcess; port: number; socket: string }> {
  const port = await freePort();
  const socket = join(lab.room(`redis-${port}`), 'redis.sock');
  const [command = '', ...args] = server(port, socket);
  const process = spawn(command, args, { stdio: 'ignore' });
  for (let tries = 0; !existsSync(socket) && tries < 100; tries++) await sleep(50);
  return { process, port, socket };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

/** Requests a second over both kinds, each of which made as many: lines of `"SET","81234.5",...`. */
function throughput(printed: string): number {
  const rates = [...printed.matchAll(/^"(?:SET|GET)","([\d.]+)"/gm)].map((found) => Number(found[1]));
  if (rates.length !== 2) throw new Error(`redis-benchmark printed ${JSON.stringify(printed)}`);
  return rates.length / rates.reduce((sum, rate) => sum + 1 / rate, 0);
}

const toStore = (op: Op, object: string, relay: boolean): CompiledRule => ({
  ...NO_CONDITIONS,
  id: 'bench',
  allow: true,
  ops: [op],
  from: 'app',
  to: 'store',
  object: [object],
  relay,
});
