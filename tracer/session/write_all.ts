import { writeSync } from 'node:fs';

const nap = new Int32Array(new SharedArrayBuffer(4));

// A pipe's or a terminal's reader that is gone.
const NOBODY_READS: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EIO', 'EBADF']);

/**
 * Writes at once, so that nothing is still on its way when this process ends. What kept it from being written, or null; a
 * reader that is gone is no failure.
 */
export function writeAll(fd: number, bytes: Uint8Array): string | null {
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EAGAIN') return NOBODY_READS.has(code) ? null : (code ?? String(error));
      Atomics.wait(nap, 0, 0, 1); // full: its reader needs a moment
    }
  }
  return null;
}
