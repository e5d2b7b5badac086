// A bus of one's own and a service on it, for tests: it owns names, answers every call with an empty reply, and sends
// the signal com.example.Server.Rang from /x when `Ring` is called.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Programs that these tests need and this machine lacks. */
export const missingTools = ['dbus-daemon', 'xdg-dbus-proxy', 'dbus-send', 'gdbus'].filter(
  (tool) => spawnSync('which', [tool]).status !== 0,
);

export interface PrivateBus {
  address: string;
  folder: string;
  close(): void;
}

/** Starts dbus-daemon for anybody; resolves when it listens. */
export async function startBus(): Promise<PrivateBus> {
  const folder = mkdtempSync(join(tmpdir(), 'shuttle-bus-'));
  chmodSync(folder, 0o755);
  const address = `unix:path=${folder}/bus`;
  const policy = ['user="*"', 'own="*"', 'send_destination="*"', 'receive_sender="*"'].map(
    (what) => `<allow ${what}/>`,
  );
  writeFileSync(
    join(folder, 'bus.conf'),
    `<busconfig><type>session</type><listen>${address}</listen><policy context="default">${policy.join('')}</policy></busconfig>`,
  );
  const daemon: ChildProcess = spawn(
    'dbus-daemon',
    [`--config-file=${folder}/bus.conf`, '--nofork', '--print-address=1'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  await new Promise((resolve, reject) => {
    daemon.stdout!.once('data', resolve);
    daemon.once('exit', () => reject(new Error('dbus-daemon ended')));
  });
  return {
    address,
    folder,
    close() {
      daemon.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function startService(bus: PrivateBus, names: readonly string[]): Promise<{ close(): void }> {
  const socket = createConnection(join(bus.folder, 'bus'));
  const service = new Service(socket);
  socket.write(`\0AUTH EXTERNAL ${Buffer.from(String(process.getuid!())).toString('hex')}\r\nBEGIN\r\n`);
  await service.ask('Hello', []);
  for (const name of names) await service.ask('RequestName', [name, 0]);
  return { close: () => socket.destroy() };
}

const pad = (bytes: Buffer, to: number): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((to - (bytes.length % to)) % to)]);
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const text = (value: string): Buffer => Buffer.concat([u32(Buffer.byteLength(value)), Buffer.from(`${value}\0`)]);

class Service {
  private heard = Buffer.alloc(0);
  private greeted = false;
  private serial = 0;
  private readonly waiting = new Map<number, () => void>();

  constructor(private readonly socket: Socket) {
    socket.on('data', (bytes) => this.take(bytes));
    socket.on('error', () => {});
  }

  ask(member: string, args: readonly (string | number)[]): Promise<void> {
    const bus = 'org.freedesktop.DBus';
    const types = args.map((arg) => (typeof arg === 'string' ? 's' : 'u')).join('');
    let body: Buffer = Buffer.alloc(0);
    for (const arg of args) body = Buffer.concat([pad(body, 4), typeof arg === 'string' ? text(arg) : u32(arg)]);
    const serial = this.send(
      1,
      [[1, 'o', '/'], [2, 's', bus], [3, 's', member], [6, 's', bus], ...(types ? [[8, 'g', types] as const] : [])],
      body,
    );
    return new Promise((resolve) => this.waiting.set(serial, resolve));
  }

  private send(
    type: number,
    fields: readonly (readonly [number, string, string | number])[],
    body: Buffer = Buffer.alloc(0),
  ): number {
    let list: Buffer = Buffer.alloc(0);
    for (const [code, kind, value] of fields) {
      const bytes =
        kind === 'u'
          ? u32(value as number)
          : kind === 'g'
            ? Buffer.from([String(value).length, ...Buffer.from(`${value}\0`)])
            : text(String(value));
      list = Buffer.concat([pad(list, 8), Buffer.from([code, 1, kind.charCodeAt(0), 0]), bytes]);
    }
    const serial = ++this.serial;
    this.socket.write(
      Buffer.concat([
        pad(
          Buffer.concat([
            Buffer.from(['l'.charCodeAt(0), type, 0, 1]),
            u32(body.length),
            u32(serial),
            u32(list.length),
            list,
          ]),
          8,
        ),
        body,
      ]),
    );
    return serial;
  }

  private take(bytes: Buffer): void {
    this.heard = Buffer.concat([this.heard, bytes]);
    if (!this.greeted) {
      this.heard = this.heard.subarray(this.heard.indexOf('\n') + 1);
      this.greeted = true;
    }
    for (;;) {
      if (this.heard.length < 16) return;
      const listSize = this.heard.readUInt32LE(12);
      const size = 16 + Math.ceil(listSize / 8) * 8 + this.heard.readUInt32LE(4);
      if (this.heard.length < size) return;
      this.meet(this.heard.subarray(0, size), 16 + listSize);
      this.heard = this.heard.subarray(size);
    }
  }

  /** Every field of a header is a string, a signature or a number. */
  private meet(message: Buffer, end: number): void {
    const fields = new Map<number, string | number>();
    for (let at = 16; at < end; ) {
      at = Math.ceil(at / 8) * 8;
      const [code, kind] = [message[at]!, String.fromCharCode(message[at + 2]!)];
      at += 4;
      const size = kind === 'g' ? message[at]! : message.readUInt32LE(at);
      if (kind === 'u') fields.set(code, size);
      else fields.set(code, message.toString('utf8', at + (kind === 'g' ? 1 : 4), at + (kind === 'g' ? 1 : 4) + size));
      at += kind === 'u' ? 4 : kind === 'g' ? size + 2 : size + 5;
    }
    if (message[1] === 2) this.waiting.get(fields.get(5) as number)?.();
    if (message[1] !== 1) return;
    if (fields.get(3) === 'Ring')
      this.send(4, [
        [1, 'o', '/x'],
        [2, 's', 'com.example.Server'],
        [3, 's', 'Rang'],
      ]);
    this.send(2, [
      [5, 'u', message.readUInt32LE(8)],
      [6, 's', String(fields.get(7))],
    ]);
  }
}
