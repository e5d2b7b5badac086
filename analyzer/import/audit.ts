// The kernel's audit log (also as dmesg, journald or syslog print it): AppArmor's and SELinux's records. What was allowed
// in complain mode was carried; what was denied is what a learning run would have refused.
import type { Access, Op } from '../../native/contract/words.js';
import { type Event, endpoint, placeOf, type Sink } from './event.js';

const STAMP = /audit\((\d+(?:\.\d+)?):\d+\)/;
const FIELD = /([a-zA-Z_][\w-]*)=(?:"([^"]*)"|(\S+))/g;
const MOST_KNOWN = 10_000;

export const isAudit = (head: string): boolean => /\bapparmor="|avc:\s+(?:denied|granted)\s+\{/.test(head);

interface Told {
  who: string;
  /** Null where it is no interaction that is known. */
  event: Omit<Event, 'ts'> | null;
}

/** Tells the sink of each profile (AppArmor) or domain (SELinux) by its name. */
export function readAudit(lines: Iterable<string>, sink: Sink): void {
  let began: number | null = null;
  // Programs do the same again and again: what a record says is read once, but for its stamp.
  const known = new Map<string, Told>();
  for (const line of lines) {
    const apparmor = line.includes('apparmor="');
    if (!apparmor && !/avc:\s+(?:denied|granted)/.test(line)) continue;
    const stamp = STAMP.exec(line);
    const seconds = Number(stamp?.[1] ?? 0);
    began ??= seconds;
    const body = stamp === null ? line : line.slice(stamp.index + stamp[0].length);
    const told = known.get(body) ?? toldBy(line, apparmor);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(body, told);
    if (told.event === null) sink.unread();
    else sink.event(told.who, { ...told.event, ts: Math.round((seconds - began) * 1e9) });
  }
}

function toldBy(line: string, apparmor: boolean): Told {
  const fields = fieldsOf(line);
  const who = (apparmor ? fields.get('profile') : fields.get('scontext')?.split(':')[2]) ?? 'app';
  const found = apparmor ? fromAppArmor(fields) : fromSelinux(line, fields);
  const pid = Number(fields.get('pid') ?? 0);
  const image = fields.get('exe') ?? fields.get('comm') ?? null;
  return { who, event: found === null ? null : { ...found, pid, image } };
}

function fieldsOf(line: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [, key, quoted, bare] of line.matchAll(FIELD)) {
    const value = quoted ?? (isHex(key!, bare!) ? Buffer.from(bare!, 'hex').toString() : bare!);
    if (!fields.has(key!)) fields.set(key!, value);
  }
  return fields;
}

// Names with spaces or quotes are written in hex, without quotes.
const NAMES = new Set(['name', 'path', 'target', 'comm', 'exe', 'profile', 'addr', 'peer_addr']);
const isHex = (key: string, value: string): boolean =>
  NAMES.has(key) && value.length % 2 === 0 && /^[0-9A-F]{2,}$/.test(value) && !/^[0-9]+$/.test(value);

type Found = Omit<Event, 'pid' | 'ts' | 'image'>;

const MASKS: Record<string, Access> = {
  r: 'read',
  w: 'write',
  a: 'write',
  c: 'create',
  d: 'delete',
  x: 'execute',
  m: 'execute',
  k: 'write',
  l: 'create',
};

const accessOf = (mask: string): Access[] => [...new Set([...mask].flatMap((letter) => MASKS[letter] ?? []))];

function fileOp(access: readonly Access[], mapped: boolean): Op {
  if (access.includes('delete')) return 'file.delete';
  if (access.includes('create')) return 'file.create';
  if (access.includes('write')) return 'file.write';
  return mapped ? 'library.load' : 'file.read';
}

function fromAppArmor(fields: ReadonlyMap<string, string>): Found | null {
  const verdict = fields.get('apparmor');
  if (verdict !== 'ALLOWED' && verdict !== 'DENIED' && verdict !== 'AUDIT') return null;
  const worked = verdict === 'DENIED' ? null : true;
  const operation = fields.get('operation') ?? '';
  const mask = fields.get('requested_mask') ?? fields.get('denied_mask') ?? '';
  const name = fields.get('name');
  if (operation.startsWith('dbus_')) return fromDbus(operation, fields, worked);
  if (fields.get('family') === 'unix') {
    const object = fields.get('peer_addr') ?? fields.get('addr');
    return object === undefined || object === 'none'
      ? null
      : { op: 'unix.connect', object, peer: 'host', access: [], worked };
  }
  const address = fields.get('faddr') ?? fields.get('daddr');
  if (/^inet6?$/.test(fields.get('family') ?? '')) {
    const port = fields.get('fport') ?? fields.get('dest');
    if (address === undefined || port === undefined) return null;
    const op = fields.get('sock_type') === 'dgram' ? 'udp.send' : 'tcp.connect';
    return { op, object: endpoint(address, port), peer: placeOf(address), access: [], worked };
  }
  if (name === undefined || !name.startsWith('/')) return null;
  if (operation === 'exec') return { op: 'program.start', object: name, peer: 'host', access: ['execute'], worked };
  const access = accessOf(mask);
  return { op: fileOp(access, mask.includes('m')), object: name, peer: 'host', access, worked };
}

function fromDbus(operation: string, fields: ReadonlyMap<string, string>, worked: boolean | null): Found | null {
  const [bus, name] = [fields.get('bus'), fields.get('name')];
  const [path, called, member] = [fields.get('path'), fields.get('interface'), fields.get('member')];
  if (bus === undefined || name === undefined) return null;
  if (operation === 'dbus_bind') return { op: 'dbus.own', object: `${bus} ${name}`, peer: 'host', access: [], worked };
  if (path === undefined || member === undefined) return null;
  return {
    op: 'dbus.call',
    object: `${bus} ${name} ${path} ${called ?? ''}.${member}`,
    peer: 'host',
    access: [],
    worked,
  };
}

function fromSelinux(line: string, fields: ReadonlyMap<string, string>): Found | null {
  const [, verdict, list = ''] = /avc:\s+(denied|granted)\s+\{([^}]*)\}/.exec(line) ?? [];
  const worked = verdict === 'denied' && fields.get('permissive') !== '1' ? null : true;
  const asked = list.trim().split(/\s+/);
  const has = (...words: string[]) => words.some((word) => asked.includes(word));
  const object = fields.get('path');
  if (/^(file|dir|lnk_file|fifo_file)$/.test(fields.get('tclass') ?? '') && object?.startsWith('/')) {
    if (has('execute', 'execute_no_trans'))
      return { op: 'program.start', object, peer: 'host', access: ['execute'], worked };
    const access: Access[] = has('unlink', 'rmdir')
      ? ['delete']
      : has('create')
        ? ['create']
        : has('write', 'append', 'add_name')
          ? ['write']
          : ['read'];
    return { op: fileOp(access, has('map')), object, peer: 'host', access, worked };
  }
  if (fields.get('tclass') === 'unix_stream_socket' && object?.startsWith('/'))
    return { op: 'unix.connect', object, peer: 'host', access: [], worked };
  const port = fields.get('dest');
  if (fields.get('tclass') === 'tcp_socket' && has('name_connect') && port !== undefined)
    return {
      op: 'tcp.connect',
      object: endpoint(fields.get('daddr') ?? '0.0.0.0', port),
      peer: 'net',
      access: [],
      worked,
    };
  return null;
}
