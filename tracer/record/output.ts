// A file that only grows. All of it runs in a thread of its own, so it may wait for the disk.
import { closeSync, constants, fsyncSync, ftruncateSync, openSync, writevSync } from 'node:fs';
import { type Batch, type Body, bodyOf, namesBody } from './batch.js';
import { type Block, batchMessage, dictionaryMessage, schemaMessage } from './metadata.js';
import type { Field } from './schema.js';

const MOST_PIECES = 512; // below IOV_MAX

export class Output {
  private at = 0;
  private readonly fd: number;

  /** Creates the file, private to the user. Throws if it is there. */
  constructor(readonly path: string) {
    this.fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  }

  get position(): number {
    return this.at;
  }

  /** Writes all of the pieces, or throws what the disk says. */
  write(pieces: readonly Uint8Array[]): void {
    let left = pieces.filter((piece) => piece.length > 0);
    while (left.length > 0) {
      const now = left.slice(0, MOST_PIECES);
      const written = writevSync(this.fd, now);
      this.at += written;
      left = [...after(now, written), ...left.slice(MOST_PIECES)];
    }
  }

  /** Takes back what was written since `position`. */
  truncate(position: number): void {
    ftruncateSync(this.fd, position);
    this.at = position;
  }

  sync(): void {
    fsyncSync(this.fd);
  }

  close(): void {
    closeSync(this.fd);
  }
}

/** What remains of the pieces after so many bytes. */
function after(pieces: readonly Uint8Array[], written: number): Uint8Array[] {
  let skip = written;
  const rest: Uint8Array[] = [];
  for (const piece of pieces) {
    if (skip >= piece.length) skip -= piece.length;
    else {
      rest.push(piece.subarray(skip));
      skip = 0;
    }
  }
  return rest;
}

/** Writes Arrow's messages one after another; each call tells where its message lies. */
export class MessageOutput extends Output {
  schema(fields: readonly Field[]): void {
    this.write([schemaMessage(fields)]);
  }

  batch(fields: readonly Field[], batch: Batch): Block {
    const body = bodyOf(fields, batch);
    return this.message(batchMessage(body.shape, body.length), body);
  }

  names(id: number, count: number, offsets: Uint8Array, bytes: Uint8Array, delta: boolean): Block {
    const body = namesBody(count, offsets, bytes);
    return this.message(dictionaryMessage(id, body.shape, delta, body.length), body);
  }

  /** The mark that nothing follows: a stream without it is torn. */
  end(): void {
    this.write([Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0)]);
  }

  private message(metadata: Uint8Array, body: Body): Block {
    const offset = this.position;
    this.write([metadata, ...body.pieces]);
    return { offset, metadataLength: metadata.length, bodyLength: body.length };
  }
}
