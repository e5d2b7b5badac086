import fc from 'fast-check';
import { expect, test } from 'vitest';
import { socketOf } from '../../../tracer/dbus/bus.js';
import { readMessage, writeCall } from '../../../tracer/dbus/wire.js';

const call = (args: string[], serial = 1) =>
  writeCall({ serial, path: '/a', member: 'M', interface: 'a.b', destination: 'a.c', args });

test('a call is as long as it says, whatever its strings', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 4 }), (args) => {
      const bytes = call(args);
      expect(readMessage(bytes)?.size).toBe(bytes.length);
      expect(readMessage(bytes.subarray(0, bytes.length - 1))).toBeNull();
      expect(readMessage(Buffer.concat([bytes, bytes]))?.size).toBe(bytes.length);
    }),
  );
});

test('bytes that are no message are refused, never believed without end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (tail, little) => {
      const bytes = Buffer.concat([Buffer.from([little ? 0x6c : 0x42, 4, 0, 1]), tail]);
      try {
        const found = readMessage(bytes);
        if (found) expect(found.size).toBeLessThanOrEqual(bytes.length);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['unix:path=/run/bus', '/run/bus'],
  ['unix:path=/run/a%20b,guid=1', '/run/a b'],
  ['tcp:host=a;unix:abstract=x', '\0x'],
  ['unixexec:path=/bin/x', null],
  ['', null],
])('%s', (address, path) => expect(socketOf(address)).toBe(path));
