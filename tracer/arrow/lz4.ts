// LZ4 frames (lz4_Frame_format.md, lz4_Block_format.md of the LZ4 project), as Arrow files are compressed with. Every
// number is checked against the bytes that are there: the file may be damaged.

const MAGIC = 0x184d2204;
const FLAG = { dictionary: 1, contentChecksum: 4, contentSize: 8, blockChecksum: 16 } as const;
const STORED = 0x80000000; // a block that is not compressed
const LEAST_MATCH = 4;

/** What a frame holds. Throws a RangeError where it makes no sense; checksums are not looked at. */
export function decodeLz4(frame: Uint8Array): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw new RangeError('no LZ4 frame');
  const flags = view.getUint8(4);
  let at = 7 + (flags & FLAG.contentSize ? 8 : 0) + (flags & FLAG.dictionary ? 4 : 0);
  const out = new Growing(frame.length * 4);
  for (;;) {
    const size = view.getUint32(at, true);
    at += 4;
    if (size === 0) return out.bytes();
    const length = size & ~STORED;
    if (at + length > frame.length) throw new RangeError('an LZ4 block ends too soon');
    const block = frame.subarray(at, at + length);
    if (size & STORED) out.append(block);
    else decodeBlock(block, out);
    at += length + (flags & FLAG.blockChecksum ? 4 : 0);
  }
}

function decodeBlock(block: Uint8Array, out: Growing): void {
  let at = 0;
  const next = (): number => {
    if (at >= block.length) throw new RangeError('an LZ4 block ends too soon');
    return block[at++]!;
  };
  const length = (nibble: number): number => {
    let sum = nibble;
    if (nibble === 15) for (let more = 255; more === 255; sum += more) more = next();
    return sum;
  };
  while (at < block.length) {
    const token = next();
    const literals = length(token >> 4);
    if (at + literals > block.length) throw new RangeError('an LZ4 block ends too soon');
    out.append(block.subarray(at, at + literals));
    at += literals;
    if (at === block.length) return; // the last sequence has no match
    const back = next() | (next() << 8);
    out.repeat(back, length(token & 15) + LEAST_MATCH);
  }
}

class Growing {
  private all: Uint8Array;
  private length = 0;

  constructor(capacity: number) {
    this.all = new Uint8Array(capacity);
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.all.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Copies what stands `back` bytes behind the end; it may run into itself. */
  repeat(back: number, count: number): void {
    if (back === 0 || back > this.length) throw new RangeError('an LZ4 match lies outside its block');
    this.reserve(count);
    for (const end = this.length + count; this.length < end; this.length++)
      this.all[this.length] = this.all[this.length - back]!;
  }

  bytes(): Uint8Array {
    return this.all.subarray(0, this.length);
  }

  private reserve(more: number): void {
    if (this.length + more <= this.all.length) return;
    const grown = new Uint8Array(Math.max(this.all.length * 2, this.length + more));
    grown.set(this.bytes());
    this.all = grown;
  }
}
