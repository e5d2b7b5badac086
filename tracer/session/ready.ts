// Whether what a VM began to serve is what its `ready` waits for.
import type { Ready } from './system.js';

const wildcards = new Set(['0.0.0.0', '[::]', '*']);

function split(address: string): { host: string; port: string } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon), port: address.slice(colon + 1) };
}

/** A server on every address serves each of them: a wildcard satisfies any host at its port. */
export function satisfies(ready: Ready, served: { op: string; object: string }): boolean {
  if (ready.op !== served.op) return false;
  if (ready.object === served.object) return true;
  if (ready.op !== 'tcp.serve' && ready.op !== 'udp.serve') return foldsEqual(ready.object, served.object);
  const wanted = split(ready.object);
  const got = split(served.object);
  return wanted.port === got.port && wildcards.has(got.host);
}

// Names of Windows ignore case; a path of Linux does not.
function foldsEqual(wanted: string, got: string): boolean {
  return /^(\\\\\.\\|Local\\|Global\\)/i.test(wanted) && wanted.toUpperCase() === got.toUpperCase();
}
