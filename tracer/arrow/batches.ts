// Reads an Arrow file or stream one record batch at a time, so that memory stays flat whatever the run's size.
// A file is read as the stream it contains: its schema (from the footer), then the blocks the footer lists.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { Message, type RecordBatch, RecordBatchReader } from 'apache-arrow';
import { Footer } from 'apache-arrow/ipc/metadata/file';
import { registerCodecs } from './codecs.js';

const MAGIC = 'ARROW1';
// Footer length (4 bytes) and magic end a file.
const TAIL = 4 + MAGIC.length;
const READ_AHEAD = 1 << 16;

/** Bytes to give to Arrow: in memory, or a stretch of the file. */
type Piece = Uint8Array | { offset: number; length: number };

/**
 * The record batches of `file`, in order; of a stream, `length` bytes of it. Throws Arrow's or the system's error where
 * the file is torn or is not Arrow.
 */
export function* batches(file: string, length?: number): Generator<RecordBatch> {
  registerCodecs();
  const descriptor = openSync(file, 'r');
  try {
    const pieces = length === undefined ? piecesOf(descriptor) : [{ offset: 0, length }];
    const reader = RecordBatchReader.from(bytesOf(descriptor, pieces));
    yield* reader as Iterable<RecordBatch>;
  } finally {
    closeSync(descriptor);
  }
}

function piecesOf(descriptor: number): Piece[] {
  const { size } = fstatSync(descriptor);
  if (read(descriptor, 0, MAGIC.length).toString('latin1') !== MAGIC) return [{ offset: 0, length: size }];
  const tail = read(descriptor, Math.max(0, size - TAIL), TAIL);
  if (tail.subarray(4).toString('latin1') !== MAGIC) throw new Error('the file ends before its footer');
  const length = tail.readInt32LE(0);
  const footer = Footer.decode(read(descriptor, size - TAIL - length, length));
  const blocks = [...footer.dictionaryBatches(), ...footer.recordBatches()];
  return [
    schemaMessage(footer),
    ...blocks.map(({ offset, metaDataLength, bodyLength }) => ({ offset, length: metaDataLength + bodyLength })),
  ];
}

function read(descriptor: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(Math.max(0, length));
  return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, offset));
}

// Encapsulated as in a stream: four bytes of ones, the length, the message, padding to eight bytes.
function schemaMessage(footer: Footer): Uint8Array {
  const message = Message.encode(Message.from(footer.schema));
  const padded = (message.byteLength + 7) & ~7;
  const bytes = Buffer.alloc(8 + padded);
  bytes.writeInt32LE(-1, 0);
  bytes.writeInt32LE(padded, 4);
  bytes.set(message, 8);
  return bytes;
}

// Arrow says how many bytes it wants next; answering with exactly those spares it joining pieces.
function bytesOf(descriptor: number, pieces: readonly Piece[]): Iterable<Uint8Array> {
  let at = 0;
  let done = 0; // bytes of piece `at` already given
  const next = (wanted?: number): IteratorResult<Uint8Array> => {
    const piece = pieces[at];
    if (piece === undefined) return { done: true, value: undefined };
    const left = piece.length - done;
    const bytes = take(
      descriptor,
      piece,
      done,
      Math.min(left, wanted !== undefined && wanted > 0 ? wanted : READ_AHEAD),
    );
    done += bytes.length;
    if (done >= piece.length) [at, done] = [at + 1, 0];
    return bytes.length === 0 ? { done: true, value: undefined } : { done: false, value: bytes };
  };
  return { [Symbol.iterator]: () => ({ next }) };
}

function take(descriptor: number, piece: Piece, start: number, length: number): Uint8Array {
  if (piece instanceof Uint8Array) return piece.subarray(start, start + length);
  const bytes = new Uint8Array(length);
  return bytes.subarray(0, readSync(descriptor, bytes, 0, length, piece.offset + start));
}
