// One xdg-dbus-proxy: between one VM and one bus.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { type BusMessage, LogReader } from './log.js';

const LAST_LINE_MS = 20;

export interface ProxyOptions {
  address: string;
  /** Where the VM's programs will find it, on the host. */
  socket: string;
  args: readonly string[];
  /** Whose connection it is, as the bus sees it; null is our own user. */
  user: { uid: number; gid: number } | null;
  onMessage: (message: BusMessage) => void;
}

export interface BusProxy {
  readonly pid: number;
  /** Ends it; resolves when it is gone and everything it said was read. */
  close(): Promise<void>;
}

/** Starts the proxy; resolves when its socket takes connections. It ends with us, however we end. */
export async function startProxy(options: ProxyOptions): Promise<BusProxy> {
  // 3: it says that it is ready, and ends when we close it; 4: its arguments, of which there may be many.
  const child = spawn('xdg-dbus-proxy', ['--fd=3', '--args=4'], {
    stdio: ['ignore', 'pipe', 'ignore', 'pipe', 'pipe'],
    ...(options.user ?? {}),
  });
  const log = readLog(child.stdout as Readable, options.onMessage);
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const args = child.stdio[4] as Writable;
  args.on('error', () => {}); // it could not be started, which is told below
  args.end([options.address, options.socket, '--filter', '--log', ...options.args].join('\0'));
  await ready(child);
  return {
    pid: child.pid as number,
    async close() {
      (child.stdio[3] as Readable).destroy();
      await gone;
      log.end();
    },
  };
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    (child.stdio[3] as Readable).once('data', () => resolve()).on('error', () => {});
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`xdg-dbus-proxy ended with ${code}`)));
  });
}

function readLog(from: Readable, tell: (message: BusMessage) => void): { end(): void } {
  const reader = new LogReader();
  let timer: NodeJS.Timeout | undefined;
  const flush = () => reader.flush().forEach(tell);
  createInterface({ input: from }).on('line', (line) => {
    clearTimeout(timer);
    reader.read(line).forEach(tell);
    timer = setTimeout(flush, LAST_LINE_MS).unref();
  });
  const end = () => {
    clearTimeout(timer);
    flush();
  };
  return { end };
}
