import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DataType,
  Dictionary,
  Float64,
  Int8,
  Int32,
  Int64,
  LargeUtf8,
  Null,
  Table,
  tableToIPC,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
  Utf8View,
  Vector,
  vectorFromArray,
} from 'apache-arrow';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Problem } from '../../../native/contract/problem.js';
import { conform } from '../../../tracer/arrow/conform.js';
import { readTable } from '../../../tracer/arrow/table.js';

let base = '';
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'shuttle-arrow-'));
});
afterAll(() => rmSync(base, { recursive: true }));

const dataOf = (values: readonly unknown[], type: DataType) =>
  vectorFromArray(values as never[], type as never).data[0]!;

const words = ['a', null, 'ü', 'a'];

test.each<[string, DataType]>([
  ['text', new Utf8()],
  ['large text', new LargeUtf8()],
  ['views', new Utf8View()],
  ['narrow keys', new Dictionary(new Utf8(), new Int8())],
  ['unsigned keys', new Dictionary(new Utf8(), new Uint16())],
  ['a dictionary of large text', new Dictionary(new LargeUtf8(), new Uint32())],
])('%s becomes a dictionary and text', (_, type) => {
  for (const wanted of ['dictionary', 'utf8'] as const) {
    const made = conform(dataOf(words, type), wanted)!;
    expect([...new Vector([made])]).toEqual(words);
    expect(made.nullCount).toBe(1);
  }
});

test.each<[string, DataType, unknown[], 'int32' | 'uint64' | 'int8', unknown[] | string]>([
  ['wide to narrow', new Int64(), [1n, -1n, null], 'int32', [1, -1, null]],
  ['too large', new Int64(), [2n ** 40n], 'int32', '1099511627776 does not fit int32'],
  ['signed to unsigned', new Int64(), [0n, 7n], 'uint64', [0n, 7n]],
  ['negative', new Int32(), [-1], 'uint64', '-1 does not fit uint64'],
  ['narrow to wide', new Uint32(), [4_294_967_295], 'uint64', [4_294_967_295n]],
  ['a direction', new Int32(), [0, 1], 'int8', [0, 1]],
  ['beyond a signed one', new Uint64(), [2n ** 63n], 'uint64', [2n ** 63n]],
])('integers: %s', (_, type, values, wanted, result) => {
  const made = () => [...new Vector([conform(dataOf(values, type), wanted)!])];
  if (typeof result === 'string') expect(made).toThrow(result);
  else expect(made()).toEqual(result);
});

test('what is something else is refused', () => {
  expect(conform(dataOf([1.5], new Float64()), 'int32')).toBeNull();
  expect(conform(dataOf([1], new Int32()), 'dictionary')).toBeNull();
  expect(conform(dataOf(['1'], new Utf8()), 'uint32')).toBeNull();
});

test('nothing but nulls fits any column', () => {
  for (const wanted of ['dictionary', 'utf8', 'int32', 'uint64', 'binary'] as const)
    expect([...new Vector([conform(dataOf([null, null], new Null()), wanted)!])]).toEqual([null, null]);
});

test.each<[string, Record<string, Vector>, Partial<Problem>]>([
  ['no such column', {}, { code: 'RUN_COLUMN', column: 'op', type: 'dictionary' }],
  ['another type', { op: vectorFromArray([1], new Int32()) }, { code: 'RUN_COLUMN', column: 'op' }],
  [
    'a null',
    { op: vectorFromArray([null], new Utf8()) },
    { code: 'RUN_UNREADABLE', error: 'column op: a row has no value' },
  ],
  ['a foreign word', { op: vectorFromArray(['pipe.fly'], new Utf8()) }, { code: 'RUN_WORD', word: 'pipe.fly' }],
])('%s', (name, columns, problem) => {
  const file = join(base, `${name}.arrow`);
  writeFileSync(file, tableToIPC(new Table({ x: vectorFromArray([1], new Int32()), ...columns }), 'file'));
  const read = () => [...readTable(file, 'interactions')].map((batch) => batch.column('op'));
  expect(read).toThrow(expect.objectContaining({ problem: expect.objectContaining({ file, ...problem }) }));
});
