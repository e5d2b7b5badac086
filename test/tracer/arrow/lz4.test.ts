import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeLz4 } from '../../../tracer/arrow/lz4.js';

const HEAD = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82];
const END = [0, 0, 0, 0];
const frame = (...block: number[]) => Uint8Array.from([...HEAD, block.length, 0, 0, 0, ...block, ...END]);
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

test.each<[string, Uint8Array, string]>([
  ['literals', frame(0x30, 97, 98, 99), 'abc'],
  ['a match that runs into itself', frame(0x12, 97, 1, 0, 0x10, 98), 'aaaaaaab'],
  ['long lengths', frame(0xf0, 0, ...new Array(15).fill(120)), 'x'.repeat(15)],
  ['a stored block', Uint8Array.from([...HEAD, 2, 0, 0, 0x80, 104, 105, ...END]), 'hi'],
  ['nothing', Uint8Array.from([...HEAD, ...END]), ''],
])('%s', (_, bytes, wanted) => {
  expect(text(decodeLz4(bytes))).toBe(wanted);
});

test.each<[string, Uint8Array]>([
  ['no frame', Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)],
  ['an offset before the beginning', frame(0x11, 97, 9, 0)],
  ['an offset of nothing', frame(0x11, 97, 0, 0)],
  ['literals that are not there', frame(0x50, 97)],
  ['no end', Uint8Array.from([...HEAD, 9, 0, 0, 0, 1])],
])('%s is refused', (_, bytes) => {
  expect(() => decodeLz4(bytes)).toThrow(RangeError);
});

test('whatever the bytes, an answer or a RangeError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        return decodeLz4(frame(...bytes)).length <= 200 * 256;
      } catch (error) {
        return error instanceof RangeError;
      }
    }),
    { numRuns: 2000 },
  );
});
