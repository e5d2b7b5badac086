// Network addresses as rules have them: `host:port`, `[v6]:port`.
import { isIPv4, isIPv6 } from 'node:net';
import type { Pattern } from '../../native/contract/rules.js';
import { literalOf } from './reading.js';

export interface Address {
  /** Null where it is a pattern. */
  host: string | null;
  port: number | null;
  family: 4 | 6 | 'name' | null;
  loopback: boolean;
}

/** Takes an address apart as far as it is literal. */
export function addressOf(pattern: Pattern): Address {
  const text = literalOf(pattern) ?? '';
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text);
  if (match) {
    const host = match[1] ?? match[2]!;
    return { host, port: portOf(match[3]!), family: familyOf(host), loopback: isLoopback(host) };
  }
  const [first, ...others] = pattern;
  const last = others.at(-1);
  const port = typeof last === 'string' ? /:(\d{1,5})$/.exec(last)?.[1] : undefined;
  const host = typeof first === 'string' ? /^(?:\[([^\]]*)\]|([^:]*)):/.exec(first) : null;
  const known = host === null ? null : (host[1] ?? host[2]!);
  return {
    host: known,
    port: port === undefined ? null : portOf(port),
    family: known === null ? null : familyOf(known),
    loopback: known !== null && isLoopback(known),
  };
}

function portOf(text: string): number | null {
  const port = Number(text);
  return port > 0 && port < 65536 ? port : null;
}

const familyOf = (host: string): 4 | 6 | 'name' =>
  isIPv4(host) ? 4 : isIPv6(host) && !host.includes('%') ? 6 : 'name';

const isLoopback = (host: string): boolean =>
  host === '::1' || host.toLowerCase() === 'localhost' || (isIPv4(host) && host.startsWith('127.'));
