// What native/addon/recorder.cc offers.
import type { ColumnType, Op, Source, Verdict } from './contract/words.js';

export interface LedgerLine {
  seen: number;
  stored: number;
  lost: number;
}

/** Interactions by who reported them; what the engine did and what it only saw are both its own. */
export interface Ledger {
  engine: LedgerLine;
  agent: LedgerLine;
  dock: LedgerLine;
}

/** A name may be bytes that are no text; they are escaped as `\xNN`. */
type Name = string | Uint8Array;

export interface NativeRow {
  vm: Name;
  pid?: number;
  tid?: number;
  image?: Name | null;
  op: Op;
  object: Name;
  effective?: Name | null;
  peer?: Name | null;
  peer_image?: Name | null;
  access?: number;
  verdict: Verdict;
  status?: number;
  rule?: Name | null;
  latency?: number | bigint;
  parent?: number | null;
  channel?: number | null;
  source: Source;
  detail?: Name | null;
}

export interface NativePayload {
  channel: number;
  /** 0 out of the VM that opened the channel, 1 into it. */
  direction: 0 | 1;
  size?: number;
  bytes: Uint8Array;
}

/** See Process of native/engine/row.h: a process may be reported several times, and later reports complete earlier ones. */
export interface NativeProcess {
  vm: Name;
  pid: number;
  vm_pid?: number;
  win_pid?: number | null;
  parent?: number | null;
  image?: Name | null;
  /** JSON array. */
  argv?: Name;
  /** Nanoseconds since the run began; left out, the last process of this pid is meant. */
  started?: number | bigint;
  ended?: number | bigint | null;
  exit?: number | null;
}

export interface SelfTestLoad {
  rows?: number;
  threads?: number;
  names?: number;
  detail?: number;
  payload?: number;
}

/** The engine's end of a record. Handed to the engine, which takes the recorder inside it. */
export interface NativeRecorder {
  readonly id: number;
  /** The row's seq, or null where it is lost. */
  record(row: NativeRow): number | null;
  payload(payload: NativePayload): void;
  process(process: NativeProcess): void;
  /** Nanoseconds since the run began. */
  now(): number;
  flush(): void;
  close(): void;
  /** Nobody writes any more: what is not stored yet is lost, and nothing waits. */
  abandon(): void;
  ledger(): { ledger: Ledger; lostPayloads: number; lostProcesses: number };
  /** Records rows from native threads, as the engine would; resolves to how many were kept and how long it took. */
  selfTest(load: SelfTestLoad): Promise<{ kept: number; ns: number }>;
}

export interface RecorderOptions {
  /** Batches of interactions that may wait to be written, and rows in each. */
  slots?: number;
  rows?: number;
  /** Bound of the total length of one column's distinct names. */
  maxNameBytes?: number;
}

export type NativeRecorderConstructor = new (options?: RecorderOptions) => NativeRecorder;

/** Names of a dictionary column that are new with a batch. */
export interface FreshNames {
  column: number;
  offsets: Int32Array;
  bytes: Uint8Array;
}

/** A batch that waits to be written: which slot of which table, and how full it is. */
export interface TakenBatch {
  table: number;
  slot: number;
  rows: number;
  heapUsed: number;
  names: FreshNames[];
}

/** The memory of a table: where in each slot a column's values (or offsets) and validity bits begin. */
export interface NativeTable {
  name: string;
  columns: { name: string; type: ColumnType; nullable: boolean; values: number; validity: number }[];
  /** Where the content of the text or binary column begins. */
  heap: number;
  slots: ArrayBuffer[];
}

/** The writer's end of a record, made in the worker that writes. */
export interface NativeWriter {
  tables(): NativeTable[];
  take(): TakenBatch | null;
  /** Gives a slot back; `stored` false ends the table, and what follows is counted as lost. */
  release(table: number, slot: number, stored: boolean): void;
  flush(): void;
  closed(): boolean;
  detach(): void;
}

export type NativeWriterConstructor = new (recorder: number, onReady: () => void) => NativeWriter;
