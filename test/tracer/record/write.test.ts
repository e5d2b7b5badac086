// Runs written from rows: what apache-arrow reads back is what was given, whatever the names.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DataType } from 'apache-arrow';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OPS, SOURCES, TABLES, type TableName, VERDICTS } from '../../../native/contract/words.js';
import { decodeMessage } from '../../../tracer/record/decode.js';
import { openRun } from '../../../tracer/record/read.js';
import { type InteractionRow, type PayloadRow, type RunRows, writeRun } from '../../../tracer/record/write.js';
import { rowsOf, tableOf, temporary } from './folders.js';

const ID = '20261122T101500Z-7f3a';
const write = (rows: RunRows): string => writeRun(temporary(), { id: ID, system: 'orders' }, rows);

const name = fc.string({ unit: 'grapheme', maxLength: 40 });
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const row: fc.Arbitrary<InteractionRow> = fc.record({
  vm: name,
  pid: int32,
  tid: int32,
  image: fc.option(
    name.filter((text) => text !== ''),
    { nil: null },
  ),
  op: fc.constantFrom(...OPS),
  object: name,
  effective: fc.option(name, { nil: null }),
  peer: fc.option(fc.constantFrom('host', 'net', 'db'), { nil: null }),
  peer_image: fc.option(name, { nil: null }),
  access: fc.integer({ min: 0, max: 31 }),
  verdict: fc.constantFrom(...VERDICTS),
  status: int32,
  rule: fc.option(name, { nil: null }),
  latency: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  parent: fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { nil: null }),
  channel: fc.option(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { nil: null }),
  source: fc.constantFrom(...SOURCES),
  detail: fc.option(fc.json(), { nil: null }),
});
const payload: fc.Arbitrary<PayloadRow> = fc.record({
  channel: fc.nat(),
  ts: fc.bigInt({ min: 0n, max: 2n ** 60n }),
  direction: fc.constantFrom(0, 1),
  size: fc.nat(),
  bytes: fc.uint8Array({ maxLength: 100 }),
});

describe('a run written from rows', () => {
  test('comes back as it was', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), fc.array(payload, { maxLength: 20 }), (interactions, payloads) => {
        const folder = write({ interactions, payloads });
        const want = interactions.map((one, at) => ({ seq: BigInt(at), ts: BigInt(at) * 1000n, ...one }));
        expect(rowsOf(folder, 'interactions')).toEqual(want);
        const bytes = rowsOf(folder, 'payloads').map((one) => ({ ...one, bytes: [...(one.bytes as Uint8Array)] }));
        expect(bytes).toEqual(payloads.map((one) => ({ ...one, bytes: [...one.bytes] })));
      }),
      { numRuns: 40 },
    );
  });

  test.each(Object.keys(TABLES) as TableName[])('%s has the columns of the contract', (table) => {
    const fields = tableOf(write({}), table).schema.fields;
    const found = fields.map(({ name, type, nullable }) => [name, typeName(type), ...(nullable ? ['null'] : [])]);
    expect(found).toEqual(TABLES[table]);
  });

  test.each(Object.keys(TABLES) as TableName[])('%s has one whole dictionary per column, before the rows', (table) => {
    const many = Array.from(
      { length: 17_000 },
      (_, at) => ({ vm: 'a', op: 'file.read', object: `/${at}`, verdict: 'passed' }) as const,
    );
    const processes = many.map((_, pid) => ({ vm: 'a', pid, image: `/bin/${pid}` }));
    const folder = write({ interactions: many, processes });
    const kinds = messagesOf(readFileSync(join(folder, `${table}.arrow`)));
    const dictionaries = TABLES[table].flatMap(([, type], at) => (type === 'dictionary' ? [`dictionary ${at}`] : []));
    expect(kinds.slice(0, dictionaries.length + 1)).toEqual(['schema', ...dictionaries]);
    expect(kinds.slice(dictionaries.length + 1).every((kind) => kind === 'batch')).toBe(true);
  });

  test('is private to its user', () => {
    const folder = write({});
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'interactions.arrow')).mode & 0o777).toBe(0o600);
  });

  test('opens as a run that is complete', async () => {
    const rows = [
      { vm: 'app', op: 'tcp.connect', object: '127.0.0.1:80', verdict: 'shuttled', peer: 'db' },
      { vm: 'app', op: 'file.read', object: '/x', verdict: 'passed', source: 'agent' },
    ] as const;
    const info = await openRun(write({ interactions: rows }));
    const line = { seen: 1, stored: 1, lost: 0 };
    expect(info).toMatchObject({ id: ID, outcome: 'ok', complete: true, ledger: { engine: line, agent: line } });
  });

  test('refuses a word that is none', () => {
    const wrong = { vm: 'app', op: 'pipe.fly' as never, object: 'x', verdict: 'passed' } as const;
    expect(() => write({ interactions: [wrong] })).toThrow('pipe.fly');
  });
});

describe('processes', () => {
  test('reported several times are one row each', () => {
    const folder = write({
      processes: [
        { vm: 'a', pid: 7, vm_pid: 2, started: 5, image: '/bin/sh', argv: ['sh'] },
        { vm: 'b', pid: 7, vm_pid: 3, started: 6, image: '/bin/b', argv: ['b'] },
        { vm: 'a', pid: 7, started: 5, image: '/bin/ls', argv: ['ls', '-l'] },
        { vm: 'a', pid: 7, started: -(2n ** 63n), argv: '', ended: 20, exit: 3 },
        { vm: 'a', pid: 7, vm_pid: 2, started: 30, image: '/bin/again' },
      ],
    });
    expect(rowsOf(folder, 'processes')).toMatchObject([
      { vm: 'a', pid: 7, vm_pid: 2, image: '/bin/ls', argv: '["ls","-l"]', started: 5n, ended: 20n, exit: 3 },
      { vm: 'b', pid: 7, vm_pid: 3, image: '/bin/b', ended: null, exit: null },
      { vm: 'a', pid: 7, image: '/bin/again', argv: '[]', started: 30n, ended: null },
    ]);
  });
});

function typeName(type: DataType): string {
  if (DataType.isDictionary(type)) {
    expect([type.indices.bitWidth, type.indices.isSigned, DataType.isUtf8(type.dictionary)]).toEqual([32, true, true]);
    return 'dictionary';
  }
  if (DataType.isInt(type)) return `${type.isSigned ? '' : 'u'}int${type.bitWidth}`;
  return DataType.isUtf8(type) ? 'utf8' : DataType.isBinary(type) ? 'binary' : String(type);
}

/** The kinds of messages in a file, as they lie there. A delta would be named so. */
function messagesOf(file: Buffer): string[] {
  const kinds: string[] = [];
  for (let at = 8; file.readInt32LE(at) === -1 && file.readInt32LE(at + 4) > 0; ) {
    const length = file.readInt32LE(at + 4);
    const message = decodeMessage(file.subarray(at + 8, at + 8 + length));
    kinds.push(
      message.type === 'dictionary' ? `${message.delta ? 'delta' : 'dictionary'} ${message.id}` : message.type,
    );
    at += 8 + length + message.bodyLength;
  }
  return kinds;
}
