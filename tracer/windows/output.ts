// What a Windows program writes, taken through a file: Node for Windows, and others that ask Windows what kind of pipe
// they have, fail on a Linux pipe or socket, because to Wine it is no Windows pipe. A file they all know.
import { closeSync, constants, fstatSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LOOK_MS = 15;
const CHUNK = 65_536;

/** A file with no name that a program writes to; what arrives in it is passed on soon after. */
export class OutputFile {
  /** The program's end; several descriptors of a program may share it, since every write goes to the end. */
  readonly descriptor: number;
  private readonly reader: number;
  private readonly timer: NodeJS.Timeout;
  private readonly chunk = Buffer.allocUnsafe(CHUNK);
  private taken = 0;
  private given = false;

  constructor(private readonly pass: (bytes: Buffer) => void) {
    const folder = mkdtempSync(join(tmpdir(), 'shuttle-output-'));
    const path = join(folder, 'output');
    this.descriptor = openSync(
      path,
      constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_APPEND,
      0o600,
    );
    this.reader = openSync(path, 'r');
    rmSync(folder, { recursive: true });
    this.timer = setInterval(() => this.take(), LOOK_MS);
    // A program's silence is no reason to live on.
    this.timer.unref();
  }

  /** The program has its own copy. */
  handedOver(): void {
    if (!this.given) closeSync(this.descriptor);
    this.given = true;
  }

  /** Passes on what is there; called once more after the program has ended it misses nothing. */
  take(): void {
    while (this.taken < fstatSync(this.reader).size) {
      const size = readSync(this.reader, this.chunk, 0, CHUNK, this.taken);
      if (size === 0) return;
      this.taken += size;
      this.pass(Buffer.from(this.chunk.subarray(0, size)));
    }
  }

  /** Takes the rest and lets go. */
  close(): void {
    clearInterval(this.timer);
    this.handedOver();
    this.take();
    closeSync(this.reader);
  }
}
