// A connection to a bus outside every VM: it knows which names there are, who owns them, and whose process that is.
import { createConnection, type Socket } from 'node:net';
import { BUS_NAME } from './protected.js';
import { type Message, readMessage, writeCall } from './wire.js';

const PATIENCE_MS = 5000;

/** The socket's path (an abstract one with its leading zero) of the first unix address; null where there is none. */
export function socketOf(address: string): string | null {
  for (const one of address.split(';')) {
    const match = /^unix:(.*)$/.exec(one);
    if (!match) continue;
    const keys = new Map(
      match[1]!.split(',').map((pair) => [pair.split('=')[0], plain(pair.slice(pair.indexOf('=') + 1))]),
    );
    const path = keys.get('path');
    if (path) return path;
    const abstract = keys.get('abstract');
    if (abstract) return `\0${abstract}`;
  }
  return null;
}

const plain = (text: string): string =>
  text.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));

interface Waiting {
  resolve(message: Message): void;
  reject(error: Error): void;
}

export class BusWatch {
  /** Owner of each well-known name. */
  private readonly owners = new Map<string, string>();
  private readonly activatable = new Set<string>();
  private readonly waiting = new Map<number, Waiting>();
  private heard = Buffer.alloc(0);
  private serial = 0;
  private greeted = false;
  /** Processes of connections, asked for as they appear: they may be gone when it matters. */
  private readonly pids = new Map<string, Promise<number>>();
  /** Called when a connection comes to own a name. */
  onOwned: (name: string, unique: string) => void = () => {};

  private constructor(private readonly socket: Socket) {}

  /** Connects and learns the names. Rejects where no bus answers. */
  static async open(address: string): Promise<BusWatch> {
    const path = socketOf(address);
    if (path === null) throw new Error(`${address}: not the address of a unix socket`);
    const watch = new BusWatch(createConnection(path));
    const timer = setTimeout(() => watch.fail(new Error(`${address}: no answer`)), PATIENCE_MS);
    try {
      await watch.greet();
    } catch (error) {
      watch.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    return watch;
  }

  names(): string[] {
    return [...new Set([...this.owners.keys(), ...this.activatable])];
  }

  has(name: string): boolean {
    if (name.startsWith(':')) return [...this.owners.values()].includes(name) || !this.owners.has(name);
    return this.owners.has(name) || this.activatable.has(name);
  }

  nameOf(unique: string): string {
    if (!unique.startsWith(':')) return unique;
    for (const [name, owner] of this.owners) if (owner === unique) return name;
    return unique;
  }

  /** The process of a connection, 0 where the bus does not say. */
  pidOf(unique: string): Promise<number> {
    return this.pids.get(unique) ?? this.askPid(unique);
  }

  private async askPid(unique: string): Promise<number> {
    try {
      return Number((await this.call('GetConnectionUnixProcessID', [unique])).body[0] ?? 0);
    } catch {
      return 0;
    }
  }

  close(): void {
    this.socket.destroy();
  }

  private async greet(): Promise<void> {
    this.socket.on('data', (bytes) => this.take(bytes));
    this.socket.on('error', (error) => this.fail(error));
    this.socket.on('close', () => this.fail(new Error('the bus closed the connection')));
    this.socket.unref();
    const uid = Buffer.from(String(process.getuid?.() ?? 0)).toString('hex');
    this.socket.write(`\0AUTH EXTERNAL ${uid}\r\nBEGIN\r\n`);
    await this.call('Hello');
    await this.call('AddMatch', [`type='signal',sender='${BUS_NAME}',member='NameOwnerChanged'`]);
    const [owned, startable] = await Promise.all([this.call('ListNames'), this.call('ListActivatableNames')]);
    for (const name of list(startable)) this.activatable.add(name);
    const known = list(owned).filter((name) => !name.startsWith(':'));
    await Promise.all(
      known.map((name) =>
        this.call('GetNameOwner', [name]).then(
          (reply) => this.owners.set(name, String(reply.body[0])),
          () => {}, // gone meanwhile
        ),
      ),
    );
  }

  private call(member: string, args: readonly string[] = []): Promise<Message> {
    const serial = ++this.serial;
    return new Promise((resolve, reject) => {
      if (this.socket.destroyed) return reject(new Error('the bus is gone'));
      this.waiting.set(serial, { resolve, reject });
      const path = '/org/freedesktop/DBus';
      this.socket.write(writeCall({ serial, path, member, interface: BUS_NAME, destination: BUS_NAME, args }));
    });
  }

  private take(bytes: Buffer): void {
    this.heard = Buffer.concat([this.heard, bytes]);
    if (!this.greeted && !this.readGreeting()) return;
    try {
      for (let next = readMessage(this.heard); next; next = readMessage(this.heard)) {
        this.heard = this.heard.subarray(next.size);
        this.meet(next.message);
      }
    } catch (error) {
      this.fail(error as Error);
      this.close();
    }
  }

  /** `OK <guid>`, one line before the messages. */
  private readGreeting(): boolean {
    const end = this.heard.indexOf('\r\n');
    if (end < 0) return false;
    const line = this.heard.toString('latin1', 0, end);
    this.heard = this.heard.subarray(end + 2);
    this.greeted = true;
    if (line.startsWith('OK ')) return true;
    this.fail(new Error(`the bus does not let us in: ${line}`));
    return false;
  }

  private meet(message: Message): void {
    if (message.kind === 'signal') {
      if (message.member === 'NameOwnerChanged' && message.sender === BUS_NAME) this.changed(message.body.map(String));
      return;
    }
    const waiting = this.waiting.get(message.replyTo);
    this.waiting.delete(message.replyTo);
    if (message.kind === 'return') waiting?.resolve(message);
    else waiting?.reject(new Error(String(message.body[0] ?? 'the bus refused')));
  }

  private changed([name = '', , owner = '']: string[]): void {
    if (name.startsWith(':')) {
      if (owner !== '') this.pids.set(name, this.askPid(name));
      else setTimeout(() => this.pids.delete(name), PATIENCE_MS).unref();
      return;
    }
    if (owner === '') this.owners.delete(name);
    else {
      this.owners.set(name, owner);
      this.onOwned(name, owner);
    }
  }

  private fail(error: Error): void {
    for (const one of this.waiting.values()) one.reject(error);
    this.waiting.clear();
  }
}

const list = (message: Message): string[] => (Array.isArray(message.body[0]) ? message.body[0] : []);
