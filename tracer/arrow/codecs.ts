// How columns may be compressed in files that others wrote. Shuttle's own are not.
import zlib from 'node:zlib';
import { CompressionType, compressionRegistry } from 'apache-arrow';
import { decodeLz4 } from './lz4.js';

// From Node 22.15 on.
const { zstdDecompressSync } = zlib as { zstdDecompressSync?: (bytes: Uint8Array) => Uint8Array };

/** Teaches the Arrow reader what pyarrow and polars compress with. */
export function registerCodecs(): void {
  if (compressionRegistry.get(CompressionType.LZ4_FRAME) !== null) return;
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: decodeLz4 });
  compressionRegistry.set(CompressionType.ZSTD, { decode: decodeZstd });
}

function decodeZstd(bytes: Uint8Array): Uint8Array {
  if (zstdDecompressSync !== undefined) return zstdDecompressSync(bytes);
  throw new Error('it is compressed with zstd, which this Node cannot read: write it uncompressed or with lz4');
}
