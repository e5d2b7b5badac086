// A file read at any place, never past its end.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

export class Input {
  readonly size: number;
  private readonly fd: number;

  constructor(readonly path: string) {
    this.fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    this.size = fstatSync(this.fd).size;
  }

  /** Bytes from `at`; throws a RangeError if they are not all there. */
  read(at: number, length: number): Uint8Array {
    if (at + length > this.size) throw new RangeError('the file ends too soon');
    const bytes = new Uint8Array(length);
    this.fill(bytes, at);
    return bytes;
  }

  /** The same in pieces of a bounded size, for what may be large. One buffer serves them all. */
  *pieces(at: number, length: number): Generator<Uint8Array> {
    if (at + length > this.size) throw new RangeError('the file ends too soon');
    const buffer = new Uint8Array(Math.min(length, 1 << 22));
    for (let done = 0; done < length; done += buffer.length) {
      const piece = buffer.subarray(0, Math.min(buffer.length, length - done));
      this.fill(piece, at + done);
      yield piece;
    }
  }

  close(): void {
    closeSync(this.fd);
  }

  private fill(bytes: Uint8Array, at: number): void {
    for (let done = 0; done < bytes.length; ) {
      const got = readSync(this.fd, bytes, done, bytes.length - done, at + done);
      if (got === 0) throw new RangeError('the file ends too soon');
      done += got;
    }
  }
}
