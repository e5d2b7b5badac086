import { expect, test } from 'vitest';
import { satisfies } from '../../../tracer/session/ready.js';

test.each([
  ['tcp.serve', '127.0.0.1:5544', 'tcp.serve', '127.0.0.1:5544', true],
  ['tcp.serve', '127.0.0.1:5544', 'tcp.serve', '0.0.0.0:5544', true],
  ['tcp.serve', '127.0.0.1:5544', 'tcp.serve', '[::]:5544', true],
  ['tcp.serve', '[::1]:5544', 'tcp.serve', '[::]:5544', true],
  ['tcp.serve', '127.0.0.1:5544', 'tcp.serve', '127.0.0.1:5545', false],
  ['tcp.serve', '127.0.0.1:5544', 'tcp.serve', '127.0.0.2:5544', false],
  ['tcp.serve', '127.0.0.1:5544', 'udp.serve', '127.0.0.1:5544', false],
  ['unix.serve', '/run/a', 'unix.serve', '/run/a', true],
  ['unix.serve', '/run/a', 'unix.serve', '/run/A', false],
  ['pipe.serve', '\\\\.\\pipe\\Orders', 'pipe.serve', '\\\\.\\PIPE\\orders', true],
] as const)('%s %s by %s %s', (op, object, servedOp, served, expected) => {
  expect(satisfies({ op, object }, { op: servedOp, object: served })).toBe(expected);
});
