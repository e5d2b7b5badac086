// Denials that Microsoft MXC's learning mode writes: a list of events, bare, under a key, or one a line.
import type { Access, Op } from '../../native/contract/words.js';
import type { Event, Trace } from './event.js';

type Said = Record<string, unknown>;

/** The events of a text, or null where it is no such list. */
function eventsIn(text: string): Said[] | null {
  const isEvent = (one: unknown): one is Said =>
    typeof one === 'object' && one !== null && nameOf(one as Said) !== null && 'resourceType' in one;
  const within = (value: unknown): Said[] | null => {
    const list = Array.isArray(value) ? value : Object.values((value ?? {}) as Said).find(Array.isArray);
    return Array.isArray(list) && list.length > 0 && list.every(isEvent) ? list : null;
  };
  try {
    return within(JSON.parse(text));
  } catch {
    return within(linesOf(text));
  }
}

function linesOf(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      try {
        return JSON.parse(line);
      } catch {
        return null;
      }
    });
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const nameOf = (event: Said): string | null => textOf(event.path) ?? textOf(event.objectName) ?? textOf(event.resource);

export const isMxc = (text: string): boolean => /^\s*[[{]/.test(text) && eventsIn(text) !== null;

export function readMxc(text: string): Trace {
  const trace: Trace = { events: [], programs: [], windows: true, unread: 0 };
  const events = eventsIn(text) ?? [];
  const times = events.map((event) => Date.parse(String(event.timestamp)));
  const began = Math.min(...times.filter((time) => !Number.isNaN(time)));
  for (const [at, said] of events.entries()) {
    const found = eventOf(said);
    if (found === null) trace.unread++;
    else
      trace.events.push({
        ...found,
        pid: Number(said.pid ?? 0),
        ts: Number.isNaN(times[at]!) ? 0 : (times[at]! - began) * 1e6,
      });
  }
  return trace;
}

const FILE_OPS: Record<string, Op> = {
  read: 'file.read',
  write: 'file.write',
  readwrite: 'file.write',
  delete: 'file.delete',
  execute: 'program.start',
};

function eventOf(said: Said): Omit<Event, 'pid' | 'ts'> | null {
  const name = nameOf(said)!;
  const access = String(said.accessType ?? said.accessRequested ?? said.access ?? 'read').toLowerCase();
  const worked = null;
  switch (String(said.resourceType).toLowerCase()) {
    case 'file': {
      const op = FILE_OPS[access] ?? 'file.read';
      const words: Access[] = op === 'file.write' ? ['write'] : op === 'program.start' ? ['execute'] : ['read'];
      return { op, object: drivePath(name), peer: 'host', access: words, worked };
    }
    case 'network': {
      const [, host, port] = /^(?:[a-z]+:\/\/)?(\[[^\]]+\]|[^/:]+)(?::(\d+))?/i.exec(name) ?? [];
      if (host === undefined) return null;
      return port === undefined
        ? { op: 'dns.resolve', object: host, peer: 'net', access: [], worked }
        : { op: 'tcp.connect', object: `${host}:${port}`, peer: 'net', access: [], worked };
    }
    case 'registry':
    case 'key':
      return {
        op: access === 'write' ? 'registry.write' : 'registry.read',
        object: hive(name),
        peer: 'host',
        access: [access === 'write' ? 'write' : 'read'],
        worked,
      };
    case 'com':
      return { op: 'com.activate', object: name.toLowerCase(), peer: 'host', access: [], worked };
    default:
      return null;
  }
}

const drivePath = (name: string): string => name.replace(/^\\\\\?\\(?=[A-Za-z]:)/, '').replace(/^\\\?\?\\/, '');

const hive = (name: string): string =>
  name
    .replace(/^\\REGISTRY\\MACHINE/i, 'HKLM')
    .replace(/^\\REGISTRY\\USER/i, 'HKU')
    .replace(/^HKEY_LOCAL_MACHINE/i, 'HKLM')
    .replace(/^HKEY_CURRENT_USER/i, 'HKCU');
