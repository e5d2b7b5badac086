// The private terminal of a program: what is typed into ours goes to it, what it shows goes to ours.
import { closeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import type { Descriptors } from '../../native/contract/descriptors.js';
import { writeAll } from './write_all.js';

const CTRL_C = 3;

export interface Terminal {
  readonly descriptor: number;
  handedOver(): void;
  drained(): Promise<void>;
  close(): void;
}

/** Opens a terminal as large as ours and joins the two until it is closed. */
export function openTerminal(native: Descriptors, onInterrupt: () => void): Terminal {
  const ours = process.stdout.isTTY ? process.stdout : process.stderr;
  const [master, slave] = native.terminal(ours.rows ?? 24, ours.columns ?? 80);
  const stream = new ReadStream(master);
  const screen = process.stdout.isTTY ? 1 : 2;
  const done = new Promise<void>((resolve) => {
    stream.on('data', (chunk) => writeAll(screen, chunk as unknown as Uint8Array));
    stream.on('close', resolve);
    stream.on('error', () => stream.destroy()); // EIO: the last program has closed it
  });
  const typed = (chunk: Buffer) => {
    writeAll(master, chunk);
    if (chunk.includes(CTRL_C)) onInterrupt();
  };
  const resized = () => native.resize(master, ours.rows ?? 24, ours.columns ?? 80);
  const keyboard = process.stdin.isTTY ? process.stdin : null;
  const before = keyboard ? native.raw(keyboard.fd) : null;
  keyboard?.on('data', typed);
  ours.on('resize', resized);
  let theirs: number | null = slave;
  const handedOver = () => {
    if (theirs !== null) closeSync(theirs);
    theirs = null;
  };
  return {
    descriptor: slave,
    handedOver,
    drained: () => done,
    close: () => {
      handedOver();
      ours.off('resize', resized);
      keyboard?.off('data', typed).pause();
      if (keyboard && before) native.cooked(keyboard.fd, before);
      stream.destroy();
    },
  };
}
