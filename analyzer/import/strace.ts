// `strace -f` output, with or without -o, -y, times, and unfinished calls.
import type { Access, Op } from '../../native/contract/words.js';
import { absolute, type Event, endpoint, placeOf, type Sink } from './event.js';

// [pid 12] or 12, then a time of any kind, then the call.
const LINE = /^(?:\[pid\s+(\d+)\]\s+|(\d+)\s+)?(?:(\d+:\d+:\d+(?:\.\d+)?|\d+\.\d+)\s+)?(.*)$/;
const CALL = /^([a-z_][a-z0-9_]*)\((.*)\)\s+= (-?\d+|0x[0-9a-f]+|\?)(?:<[^>]*>)?(?: (E[A-Z0-9]+))?/s;
const UNFINISHED = /^(.*?)\s*<unfinished \.\.\.>$/;
const RESUMED = /^<\.\.\. ([a-z_0-9]+) resumed>\s?(.*)$/;

const ERRNO: Record<string, number> = {
  EPERM: 1,
  ENOENT: 2,
  EINTR: 4,
  EIO: 5,
  ENXIO: 6,
  EAGAIN: 11,
  EACCES: 13,
  EEXIST: 17,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  EROFS: 30,
  ELOOP: 40,
  ECONNREFUSED: 111,
  EINPROGRESS: 115,
  ETIMEDOUT: 110,
  EHOSTUNREACH: 113,
  ENETUNREACH: 101,
};

interface Call {
  pid: number;
  ts: number;
  name: string;
  args: string;
  result: string;
  error: string | null;
}

/** Whether a text is strace's, by its first lines. */
export const isStrace = (head: string): boolean =>
  head
    .split('\n')
    .slice(0, 50)
    .some((line) => CALL.test(LINE.exec(line)?.[4] ?? ''));

const WHO = 'app';

export function readStrace(lines: Iterable<string>, sink: Sink): void {
  const state = {
    folders: new Map<number, string>(),
    images: new Map<number, string>(),
    bound: new Map<string, string>(),
  };
  for (const call of callsOf(lines, sink)) take(call, sink, state);
}

function* callsOf(lines: Iterable<string>, sink: Sink): Generator<Call> {
  const unfinished = new Map<number, string>();
  let began: number | null = null;
  let order = 0;
  let day = 0;
  let last = 0;
  for (const line of lines) {
    const [, inner, outer, time, rest = ''] = LINE.exec(line) ?? [];
    const pid = Number(inner ?? outer ?? 1);
    let whole = rest;
    const cut = UNFINISHED.exec(rest);
    if (cut !== null) {
      unfinished.set(pid, cut[1]!);
      continue;
    }
    const resumed = RESUMED.exec(rest);
    if (resumed !== null) {
      whole = (unfinished.get(pid) ?? '') + resumed[2]!;
      unfinished.delete(pid);
    }
    const [, name, args, result, error] = CALL.exec(whole) ?? [];
    if (name === undefined) {
      if (/^[a-z_0-9]+\(/.test(whole)) sink.unread();
      continue;
    }
    let at = time === undefined ? order++ * 1000 : secondsOf(time) * 1e9 + day;
    if (time?.includes(':') && at < last) {
      day += 86_400e9; // midnight
      at += 86_400e9;
    }
    last = at;
    began ??= at;
    yield { pid, ts: Math.round(at - began), name, args: args!, result: result!, error: error ?? null };
  }
}

function secondsOf(time: string): number {
  const parts = time.split(':').map(Number);
  return parts.reduce((sum, part) => sum * 60 + part, 0);
}

interface State {
  folders: Map<number, string>;
  images: Map<number, string>;
  bound: Map<string, string>;
}

const STRING = /"((?:[^"\\]|\\.)*)"(\.\.\.)?/g;

/** C's escapes, as strace prints bytes. */
function unescaped(text: string): string {
  const bytes: number[] = [];
  const letters: Record<string, number> = { n: 10, t: 9, r: 13, v: 11, f: 12, a: 7, b: 8 };
  for (const [, octal, hex, letter, plain] of text.matchAll(/\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|(.))|([^\\]+)/gs)) {
    if (plain !== undefined) bytes.push(...Buffer.from(plain));
    else if (octal !== undefined) bytes.push(Number.parseInt(octal, 8) & 255);
    else if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else bytes.push(letters[letter!] ?? letter!.charCodeAt(0));
  }
  return Buffer.from(bytes).toString();
}

const stringsIn = (args: string): string[] => [...args.matchAll(STRING)].map((match) => unescaped(match[1]!));

/** The folder that a relative path of the call begins at, where it can be known. */
function folderOf({ args, pid }: Call, { folders }: State): string | null {
  const named = /^(?:AT_FDCWD|\d+)<([^>]*)>/.exec(args)?.[1];
  if (named !== undefined) return named;
  return /^\d+,/.test(args) ? null : (folders.get(pid) ?? null);
}

function take(call: Call, sink: Sink, state: State): void {
  const { name, pid, result, error, args } = call;
  if (result === '?') return;
  if (/^(clone|clone3|fork|vfork)$/.test(name) && Number(result) > 0) return inherit(pid, Number(result), state);
  const [first = ''] = stringsIn(args);
  if (name === 'chdir' && error === null)
    state.folders.set(pid, absolute(first, state.folders.get(pid) ?? null) ?? first);
  if (/^execve(at)?$/.test(name)) return started(call, sink, state);
  for (const event of eventsOf(call, state))
    sink.event(WHO, { ...event, ...outcome(call), image: state.images.get(pid) ?? null });
}

function inherit(parent: number, child: number, { folders, images }: State): void {
  if (folders.has(parent)) folders.set(child, folders.get(parent)!);
  if (images.has(parent)) images.set(child, images.get(parent)!);
}

function outcome({ error, pid, ts }: Call) {
  const status = error === null ? 0 : (ERRNO[error] ?? 5);
  const refused = error === 'EACCES' || error === 'EPERM';
  const worked = refused ? null : error === null || error === 'EINPROGRESS';
  return { pid, ts, status, worked, absent: error === 'ENOENT' || error === 'ENOTDIR' };
}

function started(call: Call, sink: Sink, state: State): void {
  const texts = stringsIn(call.args.replace(/,\s*(?:0x[0-9a-f]+|\[)[^[]*$/, ''));
  const image = absolute(texts[0] ?? '', folderOf(call, state));
  if (image === null) return;
  const argv = texts.slice(1);
  sink.event(WHO, {
    op: 'program.start',
    object: image,
    peer: 'host',
    access: ['execute'],
    ...outcome(call),
    image: state.images.get(call.pid) ?? null,
    detail: { argv },
  });
  if (call.error !== null) return;
  state.images.set(call.pid, image);
  sink.program(WHO, { pid: call.pid, parent: null, image, argv, ts: call.ts });
}

type Bare = Pick<Event, 'op' | 'object' | 'peer' | 'access'>;

function eventsOf(call: Call, state: State): Bare[] {
  const { name, args } = call;
  const paths = stringsIn(args);
  const file = (op: Op, access: readonly Access[], path = paths[0]): Bare[] => {
    const object = path === undefined ? null : absolute(path, folderOf(call, state));
    return object === null ? [] : [{ op, object, peer: 'host', access }];
  };
  switch (name) {
    case 'open':
    case 'openat':
    case 'openat2':
    case 'creat':
      return opened(name, args, file);
    case 'mkdir':
    case 'mkdirat':
    case 'mknod':
    case 'mknodat':
      return file('file.create', ['create']);
    case 'unlink':
    case 'unlinkat':
    case 'rmdir':
      return file('file.delete', ['delete']);
    case 'truncate':
    case 'chmod':
    case 'fchmodat':
    case 'chown':
    case 'lchown':
    case 'fchownat':
      return file('file.write', ['write']);
    case 'rename':
    case 'renameat':
    case 'renameat2':
      return [...file('file.delete', ['delete']), ...file('file.create', ['create'], paths[1])];
    case 'link':
    case 'linkat':
    case 'symlink':
    case 'symlinkat':
      return file('file.create', ['create'], paths[1]);
    case 'mq_open':
      return paths[0] === undefined
        ? []
        : [{ op: 'queue.open', object: `/${paths[0].replace(/^\//, '')}`, peer: 'host', access: ['read', 'write'] }];
    case 'connect':
      return socket(args, state, false);
    case 'bind':
      return socket(args, state, true);
    case 'sendto':
    case 'sendmsg':
      return /sa_family=/.test(args) ? datagram(args, state) : [];
    default:
      return [];
  }
}

function opened(name: string, args: string, file: (op: Op, access: readonly Access[]) => Bare[]): Bare[] {
  const found = file('file.read', ['read']);
  const path = found[0]?.object ?? '';
  const writes = name === 'creat' || /O_WRONLY|O_RDWR/.test(args);
  if (path.startsWith('/dev/shm/')) {
    const object = path.slice('/dev/shm'.length);
    const op = /O_CREAT/.test(args) ? 'memory.create' : 'memory.open';
    return [{ op, object, peer: 'host', access: writes ? ['read', 'write'] : ['read'] }];
  }
  if (path.startsWith('/dev/')) return file('device.open', writes ? ['read', 'write'] : ['read']);
  if (name === 'creat' || /O_CREAT/.test(args))
    return file(/O_EXCL/.test(args) ? 'file.create' : 'file.write', ['write', 'create']);
  if (writes) return file('file.write', ['write']);
  return /O_DIRECTORY/.test(args) ? file('file.list', ['read']) : found;
}

const ADDRESS = {
  unix: /sa_family=AF_(?:UNIX|LOCAL), sun_path=(@?)"((?:[^"\\]|\\.)*)"/,
  port: /sin6?_port=htons\((\d+)\)/,
  v4: /sin_addr=inet_addr\("([^"]+)"\)/,
  v6: /inet_pton\(AF_INET6, "([^"]+)"/,
};

function addressOf(args: string): { unix: string } | { address: string; port: string } | null {
  const unix = ADDRESS.unix.exec(args);
  if (unix !== null) return { unix: unix[1]! + unescaped(unix[2]!) };
  const port = ADDRESS.port.exec(args)?.[1];
  const address = (ADDRESS.v4.exec(args) ?? ADDRESS.v6.exec(args))?.[1];
  return port === undefined || address === undefined ? null : { address, port };
}

/** What the trace itself binds is its own, and reaching it crosses nothing. */
function socket(args: string, { bound }: State, binds: boolean): Bare[] {
  const at = addressOf(args);
  if (at === null) return [];
  if ('unix' in at) {
    if (binds) bound.set(at.unix, 'unix');
    const own = bound.has(at.unix);
    return binds || own ? [] : [{ op: 'unix.connect', object: at.unix, peer: 'host', access: [] }];
  }
  if (binds) {
    if (at.port !== '0') bound.set(`:${at.port}`, 'tcp');
    return [];
  }
  if (at.port === '0' || (placeOf(at.address) === 'host' && bound.has(`:${at.port}`))) return [];
  // strace does not say which kind of socket it is; names are asked on port 53 by datagrams.
  const op = at.port === '53' ? 'udp.send' : 'tcp.connect';
  return [{ op, object: endpoint(at.address, at.port), peer: placeOf(at.address), access: [] }];
}

function datagram(args: string, state: State): Bare[] {
  return socket(args, state, false).map((one) => ({
    ...one,
    op: one.op === 'unix.connect' ? 'unix.send' : 'udp.send',
  }));
}
