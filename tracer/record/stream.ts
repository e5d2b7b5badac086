// One table's stream while a run is recorded: `<table>.arrows`, dictionaries growing by deltas.
import { join } from 'node:path';
import type { TableName } from '../../native/contract/words.js';
import type { Batch } from './batch.js';
import { MessageOutput } from './output.js';
import { fieldsOf } from './schema.js';

/** Names of a dictionary column that no batch before had. */
export interface NewNames {
  column: number;
  offsets: Int32Array;
  bytes: Uint8Array;
}

export const streamFile = (folder: string, table: TableName): string => join(folder, `${table}.arrows`);
export const tableFile = (folder: string, table: TableName): string => join(folder, `${table}.arrow`);

export class TableStream {
  private readonly output: MessageOutput;

  /** Begins the stream with its schema and with the words that are known already, one dictionary a column. */
  constructor(
    file: string,
    private readonly table: TableName,
  ) {
    this.output = new MessageOutput(file);
    this.output.schema(fieldsOf(table));
    for (const field of fieldsOf(table)) {
      if (field.dictionary === null) continue;
      const { offsets, bytes } = namesOf(field.words);
      this.output.names(field.dictionary, field.words.length, bytesOf(offsets), bytes, false);
    }
  }

  /** Writes a batch and the names it is the first to use. If the disk refuses, the stream ends before it, whole. */
  write(batch: Batch, names: readonly NewNames[]): void {
    const before = this.output.position;
    try {
      for (const { column, offsets, bytes } of names)
        this.output.names(column, offsets.length - 1, bytesOf(offsets), bytes, true);
      if (batch.rows > 0) this.output.batch(fieldsOf(this.table), batch);
    } catch (error) {
      this.output.truncate(before);
      throw error;
    }
  }

  end(): void {
    this.output.end();
  }

  close(): void {
    this.output.close();
  }
}

/** A list of words as Arrow's offsets and content. */
export function namesOf(words: readonly string[]): { offsets: Int32Array; bytes: Uint8Array } {
  const encoded = words.map((word) => Buffer.from(word));
  const offsets = new Int32Array(words.length + 1);
  for (const [at, word] of encoded.entries()) offsets[at + 1] = offsets[at]! + word.length;
  return { offsets, bytes: Buffer.concat(encoded) };
}

const bytesOf = (numbers: Int32Array): Uint8Array =>
  new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
