// Takes full batches from the native recorder and writes them to a run folder's streams, until the recorder is closed.
import type { Problem } from '../../native/contract/problem.js';
import type { TableName } from '../../native/contract/words.js';
import { addon } from '../../native/engine.js';
import type { NativeTable, NativeWriter, TakenBatch } from '../../native/recorder.js';
import type { Batch, ColumnData } from './batch.js';
import { fieldsOf, hasContent, TABLE_NAMES, widthOf } from './schema.js';
import { streamFile, TableStream } from './stream.js';

/** A batch is on disk at most this long after its first row, and what a busy disk adds; the promise is 250 ms. */
const FLUSH_MS = 125;

export interface Writing {
  /** Resolves when the recorder was closed and all streams are. */
  readonly done: Promise<void>;
}

interface Target {
  table: TableName;
  memory: NativeTable;
  stream: TableStream | null;
}

export class Writer implements Writing {
  readonly done: Promise<void>;
  private finished!: () => void;
  private readonly native: NativeWriter;
  private readonly targets: Target[];
  private readonly timer: NodeJS.Timeout;
  private over = false;

  constructor(
    recorder: number,
    private readonly folder: string,
    private readonly onFailure: (problem: Problem) => void,
  ) {
    this.done = new Promise((resolve) => {
      this.finished = resolve;
    });
    this.native = new (addon().NativeWriter)(recorder, () => this.drain());
    this.targets = this.native.tables().map((memory, at) => this.target(memory, TABLE_NAMES[at]!));
    this.timer = setInterval(() => {
      this.native.flush();
      this.drain();
    }, FLUSH_MS);
  }

  private target(memory: NativeTable, table: TableName): Target {
    checkLayout(memory, table);
    try {
      return { table, memory, stream: new TableStream(streamFile(this.folder, table), table) };
    } catch (error) {
      this.fail(table, error);
      return { table, memory, stream: null };
    }
  }

  private drain(): void {
    if (this.over) return;
    // Asked before the last look: what was recorded before the close is found by it.
    const closed = this.native.closed();
    for (let taken = this.native.take(); taken; taken = this.native.take()) this.write(taken);
    if (closed) this.end();
  }

  private write(taken: TakenBatch): void {
    const target = this.targets[taken.table]!;
    let stored = false;
    try {
      target.stream?.write(batchOf(target.memory, taken), taken.names);
      stored = target.stream !== null;
    } catch (error) {
      this.fail(target.table, error);
    }
    this.native.release(taken.table, taken.slot, stored);
  }

  private end(): void {
    this.over = true;
    clearInterval(this.timer);
    for (const { table, stream } of this.targets) {
      try {
        stream?.end();
      } catch (error) {
        this.fail(table, error);
      }
      stream?.close();
    }
    this.native.detach();
    this.finished();
  }

  private fail(table: TableName, error: unknown): void {
    this.onFailure({
      code: 'RECORD_FAILED',
      file: streamFile(this.folder, table),
      error: String((error as Error).message),
    });
  }
}

/** The slot's memory as Arrow's buffers, without a copy. */
function batchOf(memory: NativeTable, taken: TakenBatch): Batch {
  const block = memory.slots[taken.slot]!;
  const columns = memory.columns.map((column): ColumnData => {
    const withContent = hasContent(column.type);
    const length = withContent ? (taken.rows + 1) * 4 : taken.rows * widthOf(column.type);
    return {
      validity: column.nullable ? new Uint8Array(block, column.validity, Math.ceil(taken.rows / 8)) : null,
      values: new Uint8Array(block, column.values, length),
      content: withContent ? new Uint8Array(block, memory.heap, taken.heapUsed) : null,
    };
  });
  return { rows: taken.rows, columns };
}

/** The engine's columns are a table in C++; a build that does not match it must not write a single row. */
function checkLayout(memory: NativeTable, table: TableName): void {
  const theirs = memory.columns.map(({ name, type, nullable }) => `${name} ${type} ${nullable}`).join();
  const ours = fieldsOf(table)
    .map(({ name, type, nullable }) => `${name} ${type} ${nullable}`)
    .join();
  if (memory.name !== table || theirs !== ours)
    throw new Error(`the addon's ${memory.name} is not this version's ${table}`);
}
