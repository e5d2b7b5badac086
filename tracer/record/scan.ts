// Finds out what a stream holds, as far as it is whole: the first pass of finishing, and all that a torn stream needs.
import { ShuttleError } from '../../native/contract/problem.js';
import type { TableName } from '../../native/contract/words.js';
import { padded } from './batch.js';
import { type Declared, decodeMessage, type Message } from './decode.js';
import type { Input } from './input.js';
import { type BatchShape, type Block, schemaMessage } from './metadata.js';
import { type Field, fieldsOf } from './schema.js';

/** Some names of a dictionary: where their offsets and their content lie in the file. */
export interface NamesPiece {
  count: number;
  offsets: number;
  content: number;
  contentLength: number;
}

export type ScannedBatch = Block & { rows: number };

export interface Scan {
  /** By dictionary id, in order. */
  names: Map<number, NamesPiece[]>;
  batches: ScannedBatch[];
  /** Whether the stream lacks its end: its writer died, or its disk was full. What is listed here is whole all the same. */
  torn: boolean;
}

interface Found {
  message: Message;
  block: Block;
}

/** Throws RUN_UNREADABLE where the file is no stream of this table. */
export function scanStream(input: Input, table: TableName): Scan {
  const fields = fieldsOf(table);
  const scan: Scan = { names: new Map(), batches: [], torn: true };
  let at = 0;
  for (;;) {
    const found = messageAt(input, at);
    if (found === 'end') return { ...scan, torn: false };
    if (found === null) {
      if (at === 0) mustBeginAs(input, fields);
      return scan;
    }
    if (at === 0) mustBe(input, fields, found.message);
    else if (!add(scan, fields, found)) return scan;
    at += found.block.metadataLength + found.block.bodyLength;
  }
}

/** How far a stream is whole, whoever wrote it. */
export interface Extent {
  /** Bytes up to the end of the last whole message. */
  length: number;
  torn: boolean;
  /** Whether it is laid out as our recorder does: our columns, our numbers for words that are fixed, dictionaries that only grow. */
  ours: boolean;
}

export function extentOf(input: Input, table: TableName): Extent {
  const fields = fieldsOf(table);
  const begun = new Set<number>();
  let ours = true;
  let at = 0;
  for (;;) {
    const found = messageAt(input, at);
    if (found === 'end') return { length: at, torn: false, ours };
    // What is cut within its first message is ours as far as it goes.
    if (found === null) return { length: at, torn: true, ours: at === 0 ? beginsAs(input, fields) : ours };
    const { message, block } = found;
    if (at === 0) ours = message.type === 'schema' && differing(fields, message.fields) === null;
    else if (message.type === 'dictionary' && !message.delta) {
      ours &&= !begun.has(message.id) && hasFixedWords(input, fields, found);
      begun.add(message.id);
    }
    at += block.metadataLength + block.bodyLength;
  }
}

/** Whether a dictionary begins with the words whose numbers are fixed. */
function hasFixedWords(input: Input, fields: readonly Field[], { message, block }: Found): boolean {
  if (message.type !== 'dictionary') return false;
  const words = fields.find((field) => field.dictionary === message.id)?.words ?? [];
  const content = message.shape.buffers[2];
  if (!content) return false;
  const wanted = Buffer.from(words.join(''));
  if (message.shape.rows < words.length || content.length < wanted.length) return false;
  const there = input.read(block.offset + block.metadataLength + content.offset, wanted.length);
  return Buffer.compare(there, wanted) === 0;
}

/** The whole message at a place, the stream's end, or null where neither is there. */
function messageAt(input: Input, at: number): Found | 'end' | null {
  try {
    const head = new DataView(input.read(at, 8).buffer);
    if (head.getInt32(0, true) !== -1) return null;
    const length = head.getInt32(4, true);
    if (length === 0) return 'end';
    if (length < 0 || length % 8 !== 0) return null;
    const message = decodeMessage(input.read(at + 8, length));
    const block = { offset: at, metadataLength: 8 + length, bodyLength: message.bodyLength };
    return at + block.metadataLength + block.bodyLength <= input.size ? { message, block } : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** False where the message does not belong into this table: the stream counts as torn there. */
function add(scan: Scan, fields: readonly Field[], { message, block }: Found): boolean {
  if (message.type === 'schema') return false;
  if (message.type === 'batch') {
    if (!fitsFields(message.shape, fields)) return false;
    scan.batches.push({ ...block, rows: message.shape.rows });
    return true;
  }
  const [, offsets, content] = message.shape.buffers;
  if (!offsets || !content || !fields.some((field) => field.dictionary === message.id)) return false;
  const body = block.offset + block.metadataLength;
  const piece = {
    count: message.shape.rows,
    offsets: body + offsets.offset,
    content: body + content.offset,
    contentLength: content.length,
  };
  if (offsets.length < (piece.count + 1) * 4) return false;
  const before = message.delta ? (scan.names.get(message.id) ?? []) : [];
  if (!message.delta && scan.names.has(message.id)) return false;
  before.push(piece);
  scan.names.set(message.id, before);
  return true;
}

/** Whether the buffers are as many and as long as the rows need. */
function fitsFields(shape: BatchShape, fields: readonly Field[]): boolean {
  let at = 0;
  for (const field of fields) {
    const validity = shape.buffers[at++];
    const values = shape.buffers[at++];
    if (!validity || !values) return false;
    if (validity.length > 0 && validity.length < Math.ceil(shape.rows / 8)) return false;
    if (values.length < bytesFor(field, shape.rows)) return false;
    if (field.type === 'utf8' || field.type === 'binary') if (!shape.buffers[at++]) return false;
  }
  return shape.nulls.length === fields.length && shape.buffers.length === at;
}

function bytesFor(field: Field, rows: number): number {
  if (field.type === 'utf8' || field.type === 'binary') return rows === 0 ? 0 : (rows + 1) * 4;
  return rows * (field.type === 'uint64' || field.type === 'int64' ? 8 : field.type === 'int8' ? 1 : 4);
}

function mustBe(input: Input, fields: readonly Field[], message: Message): void {
  const wrong = message.type === 'schema' ? differing(fields, message.fields) : 'it does not begin with a schema';
  if (wrong !== null) throw new ShuttleError({ code: 'RUN_UNREADABLE', file: input.path, error: wrong });
}

/** What a file's columns lack of the table's, or null. */
export function differing(fields: readonly Field[], declared: readonly Declared[]): string | null {
  for (const [at, field] of fields.entries()) {
    const found = declared[at];
    const same = found?.name === field.name && found.type === field.type && found.dictionary === field.dictionary;
    if (!same) return `column ${at + 1} is not ${field.name} (${field.type})`;
  }
  return declared.length === fields.length ? null : `it has ${declared.length} columns, not ${fields.length}`;
}

/** A stream cut within its schema is still ours if so far it is the schema that we would write. */
function mustBeginAs(input: Input, fields: readonly Field[]): void {
  if (!beginsAs(input, fields))
    throw new ShuttleError({ code: 'RUN_UNREADABLE', file: input.path, error: 'it is no Arrow stream of a run' });
}

function beginsAs(input: Input, fields: readonly Field[]): boolean {
  const wanted = schemaMessage(fields);
  const there = input.read(0, Math.min(input.size, wanted.length));
  return Buffer.compare(there, wanted.subarray(0, there.length)) === 0 && input.size <= padded(wanted.length);
}
