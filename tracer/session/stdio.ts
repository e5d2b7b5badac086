// Makes the descriptors a program gets and copies between them and ours.
import { closeSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Descriptors } from '../../native/contract/descriptors.js';
import { OutputFile } from '../windows/output.js';
import { type Carriage, carriages, kindOf } from './descriptor.js';
import type { Stdio, StdioOptions } from './ports.js';
import { openTerminal, type Terminal } from './terminal.js';
import { writeAll } from './write_all.js';

const SILENCE_MS = 1_000;

/** Standard input, output and error of one program. */
export function openStdio(options: StdioOptions, native: Descriptors): Stdio {
  const plan = carriages([kindOf(0), kindOf(1), kindOf(2)], options);
  const made = new Made(native, options);
  const [input, output, errors] = plan;
  const descriptors = [made.input(input), made.output(output), made.output(errors)] as const;
  return {
    descriptors,
    handedOver: () => made.handedOver(),
    drained: () => made.drained(),
    close: () => made.close(),
  };
}

/** Copies our standard input. Not by `pipe`, which looks at process.stdout and so makes a pipe there non-blocking. */
class Feed {
  private readonly onData = (chunk: Buffer) => {
    if (!this.target.write(chunk)) process.stdin.pause();
  };
  private readonly onDrain = () => void process.stdin.resume();
  private readonly onEnd = () => void this.target.end();

  constructor(private readonly target: Socket) {
    target.on('drain', this.onDrain);
    process.stdin.on('data', this.onData).on('end', this.onEnd).on('error', this.onEnd);
  }

  stop(): void {
    this.target.off('drain', this.onDrain);
    process.stdin.off('data', this.onData).off('end', this.onEnd).off('error', this.onEnd).pause();
  }
}

/** Everything made for one program: ends to close once handed over, copies to wait for. */
class Made {
  private readonly theirs = new Set<number>();
  private readonly copies: Promise<void>[] = [];
  private readonly sockets: Socket[] = [];
  private readonly outputs = new Map<number, number>();
  private readonly files: OutputFile[] = [];
  private terminal: Terminal | null = null;
  /** What our own standard input is copied to. */
  private feeding: Feed | null = null;
  private moved = 0;

  constructor(
    private readonly native: Descriptors,
    private readonly options: StdioOptions,
  ) {}

  input(how: Carriage): number {
    if (how.how !== 'relay') return this.plain(how, 'r');
    const [read, write] = this.native.pipe();
    this.theirs.add(read);
    const target = new Socket({ fd: write, readable: false, writable: true });
    this.sockets.push(target);
    target.on('error', () => target.destroy()); // the program closed its input
    this.feeding = new Feed(target);
    return read;
  }

  output(how: Carriage): number {
    const windows = this.options.windows && how.how === 'give';
    if (how.how !== 'relay' && !windows) return this.plain(how, 'w');
    const known = this.outputs.get(how.fd);
    if (known !== undefined) return known;
    if (this.options.windows) return this.outputFile(how.fd);
    const [read, write] = this.native.pipe();
    this.theirs.add(write);
    this.outputs.set(how.fd, write);
    this.copies.push(this.copy(read, how.fd));
    return write;
  }

  handedOver(): void {
    for (const fd of this.theirs) closeSync(fd);
    this.theirs.clear();
    for (const file of this.files) file.handedOver();
    this.terminal?.handedOver();
  }

  async drained(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    // However slow our reader is, what was written arrives; but somebody outside may hold the other end open.
    const silence = new Promise<void>((resolve) => {
      let before = this.moved;
      timer = setInterval(() => {
        if (this.moved === before) resolve();
        before = this.moved;
      }, SILENCE_MS);
    });
    await Promise.race([Promise.all([...this.copies, this.terminal?.drained()]), silence]);
    clearInterval(timer);
  }

  close(): void {
    this.handedOver();
    for (const file of this.files) file.close();
    this.files.length = 0;
    for (const socket of this.sockets) socket.destroy();
    this.feeding?.stop();
    this.terminal?.close();
  }

  private outputFile(to: number): number {
    const file = new OutputFile((bytes) => writeAll(to, bytes));
    this.files.push(file);
    this.outputs.set(to, file.descriptor);
    return file.descriptor;
  }

  private plain(how: Exclude<Carriage, { how: 'relay' }>, flags: 'r' | 'w'): number {
    if (how.how === 'give') return how.fd;
    if (how.how === 'terminal') {
      this.terminal ??= openTerminal(this.native, this.options.owner, this.options.onInterrupt);
      return this.terminal.descriptor;
    }
    const fd = openSync('/dev/null', flags);
    this.theirs.add(fd);
    return fd;
  }

  private copy(from: number, to: number): Promise<void> {
    const source = new Socket({ fd: from, readable: true, writable: false });
    this.sockets.push(source);
    return new Promise((resolve) => {
      source.on('data', (chunk) => {
        writeAll(to, chunk);
        this.moved += chunk.length;
      });
      source.on('close', () => resolve());
      source.on('error', () => source.destroy());
    });
  }
}
