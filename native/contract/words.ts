// The words all parts share (design, sections 2 and 6), written down once: scripts/contract.mjs makes words.h of them
// for the engine, and a test holds the two together.

export const CLASSES = {
  ipc: [
    'pipe.serve',
    'pipe.connect',
    'mailslot.serve',
    'mailslot.send',
    'unix.serve',
    'unix.connect',
    'unix.send',
    'tcp.serve',
    'tcp.connect',
    'udp.serve',
    'udp.send',
    'dns.resolve',
    'memory.create',
    'memory.open',
    'mutex.create',
    'mutex.open',
    'event.create',
    'event.open',
    'semaphore.create',
    'semaphore.open',
    'timer.create',
    'timer.open',
    'queue.create',
    'queue.open',
    'window.find',
    'window.send',
    'window.broadcast',
    'window.hook',
    'window.input',
    'clipboard.read',
    'clipboard.write',
    'dde.connect',
    'atom.add',
    'atom.find',
    'rpc.bind',
    'rpc.call',
    'dbus.own',
    'dbus.call',
    'dbus.listen',
    'process.signal',
    'process.open',
    'process.write',
  ],
  invocation: ['program.start', 'document.open', 'service.start', 'service.control', 'com.activate'],
  'name transfer': ['name.pass'],
  dependency: [
    'file.read',
    'file.write',
    'file.create',
    'file.delete',
    'file.list',
    'registry.read',
    'registry.write',
    'library.load',
    'service.query',
    'device.open',
  ],
} as const;

/** What became of an interaction. */
export const VERDICTS = [
  'passed', // stayed inside, ran unchanged
  'redirected', // ran on the private copy
  'shuttled', // crossed, carried by the engine
  'blocked', // exists outside, no rule
  'absent', // exists nowhere
] as const;

/** Who saw the interaction: the engine did it, it only looked while the kernel did it, or code inside the VM said so. */
export const SOURCES = ['engine', 'seen', 'agent', 'dock'] as const;

/** Bits of `access`. */
export const ACCESS = { read: 1, write: 2, execute: 4, create: 8, delete: 16 } as const;

/** Tokens that stand for values which only a run knows. */
export const BOUND_TOKENS = [
  'pid',
  'win.pid',
  'peer.pid',
  'peer.win.pid',
  'uid',
  'user',
  'host',
  'home',
  'temp',
  'session',
  'given',
] as const;

/** Typed tokens of patterns, the narrowest first (design, section 7). */
export const TOKENS = [...BOUND_TOKENS, 'guid', 'hex', 'date', 'time', 'uint', 'word', 'name', 'rest'] as const;

/** Columns of a run folder's tables, in order; `null` marks a nullable one. */
export const TABLES = {
  interactions: [
    ['seq', 'uint64'],
    ['ts', 'int64'],
    ['vm', 'dictionary'],
    ['pid', 'int32'],
    ['tid', 'int32'],
    ['image', 'dictionary', 'null'],
    ['op', 'dictionary'],
    ['object', 'dictionary'],
    ['effective', 'dictionary', 'null'],
    ['peer', 'dictionary', 'null'],
    ['peer_image', 'dictionary', 'null'],
    ['access', 'uint32'],
    ['verdict', 'dictionary'],
    ['status', 'int32'],
    ['rule', 'dictionary', 'null'],
    ['latency', 'int64'],
    ['parent', 'uint64', 'null'],
    ['channel', 'uint32', 'null'],
    ['source', 'dictionary'],
    ['detail', 'utf8', 'null'],
  ],
  payloads: [
    ['channel', 'uint32'],
    ['ts', 'int64'],
    ['direction', 'int8'],
    ['size', 'uint32'],
    ['bytes', 'binary'],
  ],
  processes: [
    ['vm', 'dictionary'],
    ['pid', 'int32'],
    ['vm_pid', 'int32'],
    ['win_pid', 'int32', 'null'],
    ['parent', 'int32', 'null'],
    ['image', 'dictionary', 'null'],
    ['argv', 'utf8'],
    ['started', 'int64'],
    ['ended', 'int64', 'null'],
    ['exit', 'int32', 'null'],
  ],
} as const;

/** Version of the run format and of the system file. */
export const FORMAT = 1;

export type InteractionClass = keyof typeof CLASSES;
export type Op = (typeof CLASSES)[InteractionClass][number];
export type Verdict = (typeof VERDICTS)[number];
export type Source = (typeof SOURCES)[number];
export type Access = keyof typeof ACCESS;
export type TokenName = (typeof TOKENS)[number];
export type TableName = keyof typeof TABLES;
export type ColumnType = 'uint64' | 'int64' | 'uint32' | 'int32' | 'int8' | 'dictionary' | 'utf8' | 'binary';

/** Where the values of a column that is no text are kept; a dictionary's are its numbers. */
export const ARRAYS = {
  uint64: BigUint64Array,
  int64: BigInt64Array,
  uint32: Uint32Array,
  int32: Int32Array,
  int8: Int8Array,
  dictionary: Int32Array,
} as const;
export type Column = readonly [name: string, type: ColumnType, nullable?: 'null'];

const classOf = new Map<string, InteractionClass>(
  Object.entries(CLASSES).flatMap(([name, ops]) => ops.map((op) => [op, name as InteractionClass] as const)),
);

export const OPS = [...classOf.keys()] as Op[];

export const isOp = (word: string): word is Op => classOf.has(word);

/** The class an operation belongs to. Throws on a word that is no operation. */
export function classOfOp(op: string): InteractionClass {
  const found = classOf.get(op);
  if (found === undefined) throw new Error(`not an operation: ${op}`);
  return found;
}
