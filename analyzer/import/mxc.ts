// Denials that Microsoft MXC's learning mode writes: a list of events, bare, under a key, or one a line.
import type { Access, Op } from '../../native/contract/words.js';
import type { Event, Sink } from './event.js';

type Said = Record<string, unknown>;

const isEvent = (one: unknown): one is Said =>
  typeof one === 'object' && one !== null && nameOf(one as Said) !== null && 'resourceType' in one;

/** The events of a document, or null where it is no such list. */
function eventsIn(text: string): Said[] | null {
  try {
    const value: unknown = JSON.parse(text);
    const list = Array.isArray(value) ? value : Object.values((value ?? {}) as Said).find(Array.isArray);
    return Array.isArray(list) && list.length > 0 && list.every(isEvent) ? list : null;
  } catch {
    return null;
  }
}

function eventIn(line: string): Said | null {
  try {
    const said: unknown = JSON.parse(line);
    return isEvent(said) ? said : null;
  } catch {
    return null;
  }
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const nameOf = (event: Said): string | null => textOf(event.path) ?? textOf(event.objectName) ?? textOf(event.resource);

/** Whether a text that begins so is a document that may be such a list; only reading it all tells. */
export const maybeMxc = (head: string): boolean => /^\s*[[{]/.test(head);

/** Whether a text that begins so has an event in each line. */
export const isMxcLines = (head: string): boolean => {
  const first = head.split('\n').find((line) => line.trim() !== '') ?? '';
  return head.includes('\n') && eventIn(first) !== null;
};

const WHO = 'app';

/** Whether the document is such a list; nothing is told otherwise. */
export function readMxc(text: string, sink: Sink): boolean {
  const events = eventsIn(text);
  if (events === null) return false;
  const times = events.map(timeOf).filter((time) => !Number.isNaN(time));
  const began = times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
  for (const said of events) tell(said, began, sink);
  return true;
}

/** An event in each line; they come in the order of their times. */
export function readMxcLines(lines: Iterable<string>, sink: Sink): void {
  let began = Number.NaN;
  for (const line of lines) {
    if (line.trim() === '') continue;
    const said = eventIn(line);
    if (said === null) {
      sink.unread();
      continue;
    }
    if (Number.isNaN(began)) began = timeOf(said);
    tell(said, began, sink);
  }
}

const timeOf = (said: Said): number => Date.parse(String(said.timestamp));

function tell(said: Said, began: number, sink: Sink): void {
  const found = eventOf(said);
  const ts = (timeOf(said) - began) * 1e6;
  if (found === null) sink.unread();
  else sink.event(WHO, { ...found, pid: Number(said.pid ?? 0), ts: Number.isNaN(ts) ? 0 : ts });
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
