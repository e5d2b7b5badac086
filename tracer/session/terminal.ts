// The private terminal of a program: what is typed into ours goes to it, what it shows goes to ours.
import { closeSync, fchownSync } from 'node:fs';
import { isatty, ReadStream } from 'node:tty';
import type { Descriptors } from '../../native/contract/descriptors.js';
import type { Answered } from './ports.js';
import { writeAll } from './write_all.js';

const CTRL_C = 3;
/** How Ctrl-C itself is shown, by the kernel or by a line editor. */
const ITS_ECHO = /\^C|\s/g;

export interface Terminal {
  readonly descriptor: number;
  handedOver(): void;
  drained(): Promise<void>;
  close(): void;
}

/** Opens a terminal as large as ours and joins the two until it is closed. Root's is its `owner`'s, as at a login. */
export function openTerminal(
  native: Descriptors,
  owner: number | undefined,
  onInterrupt: (answered: Answered) => void,
): Terminal {
  // Only a terminal's stream may be touched: a pipe would become non-blocking for the program that was given it.
  const ours = isatty(1) ? process.stdout : isatty(2) ? process.stderr : process.stdin;
  const size = () => ('rows' in ours ? ([ours.rows, ours.columns] as const) : ([24, 80] as const));
  const [master, slave] = native.terminal(...size());
  if (owner !== undefined && process.getuid?.() === 0) fchownSync(slave, owner, -1);
  const stream = new ReadStream(master);
  const screen = isatty(1) ? 1 : 2;
  let answered = false;
  const done = new Promise<void>((resolve) => {
    stream.on('data', (chunk) => {
      answered ||= String(chunk).replace(ITS_ECHO, '') !== '';
      writeAll(screen, chunk as unknown as Uint8Array);
    });
    stream.on('close', resolve);
    stream.on('error', () => stream.destroy()); // EIO: the last program has closed it
  });
  const typed = (chunk: Buffer) => {
    const interrupts = chunk.includes(CTRL_C) && native.interrupts(master);
    if (interrupts) onInterrupt(() => answered);
    if (interrupts) answered = false;
    writeAll(master, chunk);
  };
  const resized = () => native.resize(master, ...size());
  const keyboard = isatty(0) ? process.stdin : null;
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
