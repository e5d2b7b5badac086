import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readings } from '../../../analyzer/handed/decode.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const wide = (text: string) => Buffer.from(text, 'utf16le');

test.each<[string, Uint8Array, string]>([
  ['UTF-8', bytes('open /tmp/ä b.txt'), '/tmp/ä b.txt'],
  ['UTF-16', wide('C:\\data\\ü.txt'), 'C:\\data\\ü.txt'],
  ['UTF-16 at an odd byte', Buffer.concat([bytes('\u0001'), wide('C:\\data\\x.txt')]), 'C:\\data\\x.txt'],
  ['a URL', bytes('GET file:///tmp/a%20%C3%A4 HTTP/1.1'), '/tmp/a ä'],
  ['JSON', bytes('{"p":"C:\\\\a\\\\\\u00fc.txt"}'), 'C:\\a\\ü.txt'],
  ['JSON with its slashes escaped', bytes('"\\/tmp\\/a"'), '/tmp/a'],
  ['C, with bytes as octal numbers', bytes('"/tmp/\\303\\244\\040b"'), '/tmp/ä b'],
  ['C, with bytes as hex numbers', bytes('"/tmp/\\xc3\\xa4"'), '/tmp/ä'],
  ['URL in JSON', bytes('"file:\\/\\/\\/tmp\\/a%20b"'), '/tmp/a b'],
])('%s', (_, given, name) => {
  expect(readings(given).some((text) => text.includes(name))).toBe(true);
});

test('any bytes have a reading, and few', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (given) => readings(given).length <= 12));
});
