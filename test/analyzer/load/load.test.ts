import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Data, makeData, Utf8, Vector, vectorFromArray } from 'apache-arrow';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { measureLoad } from '../../../analyzer/bench/load.js';
import { writeBenchRun } from '../../../analyzer/bench/write_run.js';
import { Database } from '../../../analyzer/load/duck.js';
import { loadRuns } from '../../../analyzer/load/load.js';
import { Words } from '../../../analyzer/load/words.js';
import { queryRuns } from '../../../analyzer/query.js';
import { batches } from '../../../tracer/arrow/batches.js';
import { writeRun } from '../write_run.js';

let base = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'load-'));
});
afterEach(() => rmSync(base, { recursive: true }));

test('rows, nulls and bytes survive chunks and batches of any size', async () => {
  const rows = Array.from({ length: 4_999 }, (_, n) => ({
    object: `name ${n % 17}`,
    peer: n % 3 === 0 ? null : 'db',
    channel: n % 5 === 0 ? n : null,
    parent: n % 2048 === 2047 ? n : null,
    detail: n % 7 === 0 ? `{"n":${n}}` : null,
    status: 1 - n,
  }));
  const payloads = rows.map((_, n) => ({ channel: n, size: n, bytes: Buffer.from('x'.repeat(n % 40)) }));
  const folder = writeRun(join(base, 'r'), { interactions: rows, payloads });
  const { rows: found } = await queryRuns(
    [folder],
    'select object, peer, channel, parent, detail, status from interactions order by seq',
  );
  expect(found).toEqual(
    rows.map(({ object, peer, channel, parent, detail, status }) => [object, peer, channel, parent, detail, status]),
  );
  const sizes =
    'select count(*), sum(octet_length(bytes)), count(*) filter (octet_length(bytes) <> channel % 40) from payloads';
  const total = payloads.reduce((sum, { bytes }) => sum + bytes.length, 0);
  expect((await queryRuns([folder], sizes)).rows).toEqual([[4_999, total, 0]]);
});

test('many batches, in memory and into a file', async () => {
  const folder = join(base, 'bench');
  await writeBenchRun(folder, 70_001);
  expect((await measureLoad([folder])).rows).toBe(70_001);
  expect((await measureLoad([folder], join(base, 'x.db'))).rows).toBe(70_001);
  const sums = 'select count(distinct seq), max(seq), count(distinct object), count(rule) from interactions';
  expect((await queryRuns([folder], sums)).rows).toEqual([[70_001, 70_000, 50_000, 70_001]]);
});

describe('words', () => {
  const dictionary = (...chunks: string[][]) =>
    new Vector(chunks.map((words) => vectorFromArray(words, new Utf8()).data[0]!));

  test('a dictionary that grows keeps its codes, and costs its growth only', () => {
    const words = new Words();
    const first = dictionary(['a', 'b']);
    expect([...words.translate(first)]).toEqual([1, 2]);
    const grown = first.concat(dictionary(['c', 'a']));
    expect([...words.translate(grown)]).toEqual([1, 2, 3, 1]);
    expect(words.takeFresh()).toEqual({ first: 1, words: ['a', 'b', 'c'] });
    expect([...words.translate(dictionary(['c', 'd']))]).toEqual([3, 4]);
    expect(words.takeFresh()).toEqual({ first: 4, words: ['d'] });
  });

  test('bytes that are no text stand as replacement characters', () => {
    const bytes = Uint8Array.from([0xff, 0x41]);
    const data: Data = makeData({
      type: new Utf8(),
      length: 1,
      nullCount: 0,
      valueOffsets: Int32Array.of(0, 2),
      data: bytes,
    });
    const words = new Words();
    words.translate(new Vector([data]));
    expect(words.takeFresh().words).toEqual(['\ufffdA']);
  });
});

describe('torn files', () => {
  test('a stream gives every whole batch, then says that it is torn', async () => {
    const folder = writeRun(join(base, 'r'), { interactions: [{}, {}] }, 'stream');
    const file = join(folder, 'interactions.arrows');
    expect([...batches(file)].map(({ numRows }) => numRows)).toEqual([2]);
  });

  test('whatever is left of a file is an error or its rows, never a crash', async () => {
    const folder = writeRun(join(base, 'r'), { interactions: [{ object: 'a' }, { object: 'b' }] });
    const file = join(folder, 'interactions.arrow');
    const whole = [...batches(file)].length;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), (cut) => {
        const copy = writeRun(join(base, 'c'), { interactions: [{ object: 'a' }, { object: 'b' }] });
        const torn = join(copy, 'interactions.arrow');
        truncateSync(torn, cut * 8);
        try {
          return [...batches(torn)].length <= whole;
        } catch (error) {
          return error instanceof Error;
        }
      }),
      { numRuns: 40 },
    );
  });
});

test('nothing is fetched: what this DuckDB lacks stays lacking', async () => {
  const database = await Database.open();
  const settings = await database.all(
    "select value from duckdb_settings() where name in ('autoinstall_known_extensions', 'autoload_known_extensions')",
  );
  expect(settings).toEqual([{ value: 'false' }, { value: 'false' }]);
  await expect(database.ask("select * from 'https://127.0.0.1:1/x.parquet'")).rejects.toThrow();
  database.close();
});

test('a folder given by two paths counts once', async () => {
  const folder = writeRun(join(base, 'r'), {});
  const database = await Database.open();
  expect(await loadRuns(database, [folder, `${base}/./r/`])).toHaveLength(1);
  database.close();
});

test('what needs more memory than there is to begin with gets it, and what is without end does not', async () => {
  const database = await Database.open(join(base, 'small.db'), 30);
  const [row] = await database.all<{ length: number }>('select len(list(range)) as length from range(4_000_000)');
  expect(row!.length).toBe(4_000_000);
  database.close();
  const unlimited = await Database.open();
  await unlimited.run("set memory_limit = '30MB'");
  await expect(unlimited.run('select len(list(range)) from range(4_000_000)')).rejects.toThrow(/Out of Memory/);
  unlimited.close();
});
