// Reads what metadata.ts writes, and trusts none of it: the file may be foreign, cut or damaged. Every number that leaves
// this file has been checked against the bytes that are there.
import type { ColumnType } from '../../native/contract/words.js';
import { type BatchShape, type Block, HEADER, type Region } from './metadata.js';

/** A column as a file declares it. */
export interface Declared {
  name: string;
  type: ColumnType | null;
  nullable: boolean;
  dictionary: number | null;
}

export type Message =
  | { type: 'schema'; fields: Declared[]; bodyLength: number }
  | { type: 'dictionary'; id: number; delta: boolean; shape: BatchShape; bodyLength: number }
  | { type: 'batch'; shape: BatchShape; bodyLength: number };

const MOST = 1 << 20; // fields, nodes, buffers: more than any table has

/** A message's metadata. Throws a RangeError where it makes no sense. */
export function decodeMessage(metadata: Uint8Array): Message {
  const root = Table.root(metadata);
  const bodyLength = root.long(3);
  const header = root.table(2);
  if (!header) throw new RangeError('message without header');
  switch (root.byte(1)) {
    case HEADER.schema:
      return { type: 'schema', fields: fieldsIn(header), bodyLength };
    case HEADER.batch:
      return { type: 'batch', shape: shapeIn(header, bodyLength), bodyLength };
    case HEADER.dictionary: {
      const data = header.table(1);
      if (!data) throw new RangeError('dictionary without data');
      const shape = shapeIn(data, bodyLength);
      return { type: 'dictionary', id: header.long(0), delta: header.byte(2) !== 0, shape, bodyLength };
    }
    default:
      throw new RangeError('unknown kind of message');
  }
}

export interface Footer {
  fields: Declared[];
  dictionaries: Block[];
  batches: Block[];
}

/** A file's footer. Throws a RangeError where it makes no sense. */
export function decodeFooter(bytes: Uint8Array): Footer {
  const root = Table.root(bytes);
  const schema = root.table(1);
  if (!schema) throw new RangeError('footer without schema');
  const blocks = (slot: number): Block[] =>
    root.structs(slot, 24, (at) => ({
      offset: root.longAt(at),
      metadataLength: root.intAt(at + 8),
      bodyLength: root.longAt(at + 16),
    }));
  return { fields: fieldsIn(schema), dictionaries: blocks(2), batches: blocks(3) };
}

function fieldsIn(schema: Table): Declared[] {
  return schema.tables(1).map((field) => ({
    name: field.text(0),
    type: typeOf(field),
    nullable: field.byte(1) !== 0,
    dictionary: field.table(4)?.long(0) ?? null,
  }));
}

function typeOf(field: Table): ColumnType | null {
  const code = field.byte(2);
  const keys = field.table(4)?.table(1);
  if (keys) return code === 5 && keys.int(0) === 32 && keys.byte(1) !== 0 ? 'dictionary' : null;
  if (field.table(4)) return null;
  if (code === 5) return 'utf8';
  if (code === 4) return 'binary';
  const int = field.table(3);
  if (code !== 2 || !int) return null;
  const name = `${int.byte(1) ? '' : 'u'}int${int.int(0)}`;
  return (
    (['uint64', 'int64', 'uint32', 'int32', 'int8'].find((known) => known === name) as ColumnType | undefined) ?? null
  );
}

function shapeIn(batch: Table, bodyLength: number): BatchShape {
  const rows = batch.long(0);
  const nulls = batch.structs(1, 16, (at) => batch.longAt(at + 8));
  const buffers = batch.structs(2, 16, (at): Region => {
    const region = { offset: batch.longAt(at), length: batch.longAt(at + 8) };
    if (region.offset + region.length > bodyLength) throw new RangeError('buffer outside its body');
    return region;
  });
  if (rows > 0x7fffffff || nulls.some((count) => count > rows)) throw new RangeError('impossible number of rows');
  return { rows, nulls, buffers };
}

/** A flatbuffers table; a DataView throws a RangeError at whatever lies outside the bytes. */
class Table {
  private constructor(
    private readonly bytes: Uint8Array,
    private readonly view: DataView,
    private readonly at: number,
  ) {}

  static root(bytes: Uint8Array): Table {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new Table(bytes, view, view.getUint32(0, true));
  }

  private place(slot: number): number | null {
    const vtable = this.at - this.view.getInt32(this.at, true);
    const entry = 4 + slot * 2;
    if (entry >= this.view.getUint16(vtable, true)) return null;
    const offset = this.view.getUint16(vtable + entry, true);
    return offset === 0 ? null : this.at + offset;
  }

  byte(slot: number): number {
    const at = this.place(slot);
    return at === null ? 0 : this.view.getUint8(at);
  }

  int(slot: number): number {
    const at = this.place(slot);
    return at === null ? 0 : this.intAt(at);
  }

  long(slot: number): number {
    const at = this.place(slot);
    return at === null ? 0 : this.longAt(at);
  }

  intAt(at: number): number {
    return this.view.getInt32(at, true);
  }

  /** Sizes and positions: never negative, never beyond what a number holds exactly. */
  longAt(at: number): number {
    const value = this.view.getBigInt64(at, true);
    if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError('impossible size');
    return Number(value);
  }

  table(slot: number): Table | null {
    const at = this.place(slot);
    return at === null ? null : this.tableAt(at);
  }

  text(slot: number): string {
    const at = this.place(slot);
    if (at === null) return '';
    const start = at + this.view.getUint32(at, true);
    const length = this.view.getUint32(start, true);
    return new TextDecoder().decode(this.bytes.subarray(start + 4, start + 4 + length));
  }

  tables(slot: number): Table[] {
    return this.structs(slot, 4, (at) => this.tableAt(at));
  }

  structs<T>(slot: number, size: number, read: (at: number) => T): T[] {
    const at = this.place(slot);
    if (at === null) return [];
    const start = at + this.view.getUint32(at, true);
    const count = this.view.getUint32(start, true);
    if (count > MOST) throw new RangeError('impossible number of items');
    return Array.from({ length: count }, (_, item) => read(start + 4 + item * size));
  }

  private tableAt(at: number): Table {
    return new Table(this.bytes, this.view, at + this.view.getUint32(at, true));
  }
}
