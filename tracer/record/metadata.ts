// The flatbuffers of Arrow's IPC format (Message.fbs, Schema.fbs, File.fbs of the Arrow specification), as far as a run
// folder needs them. Written by hand since loading apache-arrow costs a run more than its recording does.
import { Builder } from 'flatbuffers';
import type { ColumnType } from '../../native/contract/words.js';
import type { Field } from './schema.js';

const V5 = 4;
const TYPE = { int: 2, binary: 4, utf8: 5 } as const;
export const HEADER = { schema: 1, dictionary: 2, batch: 3 } as const;

export interface Region {
  offset: number;
  length: number;
}

/** What a record batch says of its body: rows, nulls of each column, and where each buffer lies. */
export interface BatchShape {
  rows: number;
  nulls: readonly number[];
  buffers: readonly Region[];
}

/** Where a message lies in a file: the footer's list of them. */
export interface Block {
  offset: number;
  metadataLength: number;
  bodyLength: number;
}

export function schemaMessage(fields: readonly Field[]): Uint8Array {
  const builder = new Builder(4096);
  return message(builder, HEADER.schema, schema(builder, fields), 0);
}

export function batchMessage(shape: BatchShape, bodyLength: number): Uint8Array {
  const builder = new Builder(4096);
  return message(builder, HEADER.batch, recordBatch(builder, shape), bodyLength);
}

/** `delta`: the names go on from those already sent. */
export function dictionaryMessage(id: number, shape: BatchShape, delta: boolean, bodyLength: number): Uint8Array {
  const builder = new Builder(512);
  const data = recordBatch(builder, shape);
  builder.startObject(3);
  builder.addFieldInt64(0, BigInt(id), 0n);
  builder.addFieldOffset(1, data, 0);
  builder.addFieldInt8(2, Number(delta), 0);
  return message(builder, HEADER.dictionary, builder.endObject(), bodyLength);
}

export function footer(
  fields: readonly Field[],
  dictionaries: readonly Block[],
  batches: readonly Block[],
): Uint8Array {
  const builder = new Builder(4096 + 24 * (dictionaries.length + batches.length));
  const schemaAt = schema(builder, fields);
  const batchesAt = blocks(builder, batches);
  const dictionariesAt = blocks(builder, dictionaries);
  builder.startObject(5);
  builder.addFieldInt16(0, V5, 0);
  builder.addFieldOffset(1, schemaAt, 0);
  builder.addFieldOffset(2, dictionariesAt, 0);
  builder.addFieldOffset(3, batchesAt, 0);
  builder.finish(builder.endObject());
  return builder.asUint8Array();
}

/** A whole encapsulated message but for its body: marker, length, metadata, padded to 8 bytes. */
function message(builder: Builder, type: number, header: number, bodyLength: number): Uint8Array {
  builder.startObject(5);
  builder.addFieldInt16(0, V5, 0);
  builder.addFieldInt8(1, type, 0);
  builder.addFieldOffset(2, header, 0);
  builder.addFieldInt64(3, BigInt(bodyLength), 0n);
  builder.finish(builder.endObject());
  const metadata = builder.asUint8Array();
  const length = Math.ceil(metadata.length / 8) * 8;
  const bytes = new Uint8Array(8 + length);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, -1, true);
  view.setInt32(4, length, true);
  bytes.set(metadata, 8);
  return bytes;
}

function schema(builder: Builder, fields: readonly Field[]): number {
  const offsets = fields.map((field) => fieldTable(builder, field));
  builder.startVector(4, offsets.length, 4);
  for (const offset of offsets.reverse()) builder.addOffset(offset);
  const fieldsAt = builder.endVector();
  builder.startObject(4);
  builder.addFieldOffset(1, fieldsAt, 0);
  return builder.endObject();
}

function fieldTable(builder: Builder, field: Field): number {
  const name = builder.createString(field.name);
  const type = typeTable(builder, field.type);
  const dictionary = field.dictionary === null ? 0 : dictionaryEncoding(builder, field.dictionary);
  builder.startVector(4, 0, 4);
  const children = builder.endVector();
  builder.startObject(7);
  builder.addFieldOffset(0, name, 0);
  builder.addFieldInt8(1, Number(field.nullable), 0);
  builder.addFieldInt8(2, typeCode(field.type), 0);
  builder.addFieldOffset(3, type, 0);
  builder.addFieldOffset(4, dictionary, 0);
  builder.addFieldOffset(5, children, 0);
  return builder.endObject();
}

function typeCode(type: ColumnType): number {
  if (type === 'utf8' || type === 'dictionary') return TYPE.utf8;
  return type === 'binary' ? TYPE.binary : TYPE.int;
}

function typeTable(builder: Builder, type: ColumnType): number {
  if (typeCode(type) === TYPE.int) return intTable(builder, Number(type.match(/\d+/)?.[0]), !type.startsWith('u'));
  builder.startObject(0);
  return builder.endObject();
}

function intTable(builder: Builder, bits: number, signed: boolean): number {
  builder.startObject(2);
  builder.addFieldInt32(0, bits, 0);
  builder.addFieldInt8(1, Number(signed), 0);
  return builder.endObject();
}

function dictionaryEncoding(builder: Builder, id: number): number {
  const keys = intTable(builder, 32, true);
  builder.startObject(4);
  builder.addFieldInt64(0, BigInt(id), 0n);
  builder.addFieldOffset(1, keys, 0);
  return builder.endObject();
}

function recordBatch(builder: Builder, shape: BatchShape): number {
  const buffers = pairs(
    builder,
    shape.buffers.map(({ offset, length }) => [offset, length] as const),
  );
  const nodes = pairs(
    builder,
    shape.nulls.map((nulls) => [shape.rows, nulls] as const),
  );
  builder.startObject(4);
  builder.addFieldInt64(0, BigInt(shape.rows), 0n);
  builder.addFieldOffset(1, nodes, 0);
  builder.addFieldOffset(2, buffers, 0);
  return builder.endObject();
}

/** A vector of structs of two 64-bit numbers; flatbuffers are built from the back. */
function pairs(builder: Builder, list: readonly (readonly [number, number])[]): number {
  builder.startVector(16, list.length, 8);
  for (const [first, second] of [...list].reverse()) {
    builder.prep(8, 16);
    builder.writeInt64(BigInt(second));
    builder.writeInt64(BigInt(first));
  }
  return builder.endVector();
}

function blocks(builder: Builder, list: readonly Block[]): number {
  builder.startVector(24, list.length, 8);
  for (const block of [...list].reverse()) {
    builder.prep(8, 24);
    builder.writeInt64(BigInt(block.bodyLength));
    builder.pad(4);
    builder.writeInt32(block.metadataLength);
    builder.writeInt64(BigInt(block.offset));
  }
  return builder.endVector();
}
