import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CONCLUDED, PUBLISHED, publishedNames } from '../../../analyzer/ask/published.js';
import { type FileFormat, type Questions, withQuestions } from '../../../analyzer/ask/questions.js';
import type { ExistingRule } from '../../../analyzer/rule.js';
import { writeRun } from '../write_run.js';

let base = '';
let run = '';
const RULE: ExistingRule = { id: 'a', allow: 'tcp.connect', from: 'app', to: 'db', object: 'db:1', state: 'accepted' };

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'questions-'));
  run = writeRun(join(base, 'one'), { id: 'r1', interactions: [{ object: 'db:1', op: 'tcp.connect', peer: 'db' }] });
});
afterAll(() => rmSync(base, { recursive: true }));

const asking = <T>(use: (questions: Questions) => Promise<T>, rules: ExistingRule[] | null = [RULE]) =>
  withQuestions([run], rules ?? undefined, use);

describe('what is published', () => {
  test('is what is there, column by column', async () => {
    const tables = await asking((questions) => questions.tables());
    expect(Object.fromEntries(tables)).toEqual(
      Object.fromEntries(Object.entries(PUBLISHED).map(([name, { columns }]) => [name, columns.map(([one]) => one)])),
    );
  });

  test('what is concluded is made when it is asked for', async () => {
    for (const name of CONCLUDED) {
      const { columns } = await asking((questions) => questions.ask(`select * from ${name}`), null);
      expect(columns).toEqual(PUBLISHED[name]!.columns.map(([one]) => one));
    }
  });

  test('without a system file there are no rules, and inner tables are hidden', async () => {
    const tables = await asking((questions) => questions.tables(), null);
    expect([...tables.keys()]).toEqual(publishedNames(false));
  });

  test('what the person made is there too', async () => {
    const tables = await asking(async (questions) => {
      await questions.ask('create table mine as select 1 as x');
      return questions.tables();
    });
    expect(tables.get('mine')).toEqual(['x']);
  });

  test('and documented', () => {
    const docs = readFileSync(new URL('../../../docs/query.md', import.meta.url), 'utf8');
    for (const [name, { columns }] of Object.entries(PUBLISHED))
      for (const [column, says] of columns) expect(docs, `${name}.${column}`).toContain(`| \`${column}\` | ${says} |`);
  });
});

test.each<[string, string]>([
  ['sel', 'select'],
  ['select ver', 'verdict'],
  ['select * from inter', 'interactions'],
  ['from interactions select ob', '"object"'],
  ['from interactions select interactions.ve', 'verdict'],
  ['select run\nfrom runs join inter', 'interactions'],
  ["from interactions where verdict = 'x' gr", 'group'],
])('%j goes on with %s', async (text, first) => {
  expect((await asking((questions) => questions.completions(text)))[0]).toBe(first);
});

test('inner tables are not offered', async () => {
  const found = await asking((questions) => questions.completions('select * from interactions_'));
  expect(found).toEqual([]);
});

test('what takes long can be cancelled, and others asked after it', async () => {
  await asking(async (questions) => {
    const long = questions.ask(
      'select count(*) from range(1e9::bigint) a, range(1000) b where a.range % 7 = b.range % 3',
    );
    const cancelling = setInterval(() => questions.cancel(), 20);
    await expect(long).rejects.toMatchObject({ problem: { code: 'QUERY_FAILED' } });
    clearInterval(cancelling);
    expect((await questions.ask('select 1 as x')).rows).toEqual([[1]]);
  });
});

const VALUES = `create temp table t (b boolean, i integer, n bigint, h hugeint, f double, d decimal(9, 2), s varchar, x blob,
  day date, moment timestamp, l integer[]);
insert into t values (true, -5, 9007199254740993, -170141183460469231731687303715884105727, 0.5, -12.34, 'o''b,"\n', '\\x00\\xff'::blob,
  '1969-12-31', '2026-11-22 10:15:00.123456', [1, 2]), (null, null, null, null, null, null, null, null, null, null, null);
select * from t; `;

describe('files', () => {
  const saved = async (format: FileFormat, text: string) => {
    const file = join(base, `answer.${format}`);
    await asking((questions) => questions.save(text, format, file));
    return file;
  };

  test('arrow keeps every value', async () => {
    const table = tableFromIPC(readFileSync(await saved('arrow', VALUES)));
    expect(table.schema.fields.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'b Bool',
      'i Int32',
      'n Int64',
      'h Decimal[38e0]',
      'f Float64',
      'd Decimal[9e+2]',
      's Utf8',
      'x Binary',
      'day Date32<DAY>',
      'moment Timestamp<MICROSECOND>',
      'l Utf8',
    ]);
    const at = (name: string) => table.getChild(name)!;
    expect([at('b').get(0), at('i').get(0), at('n').get(0), at('f').get(0), at('s').get(0)]).toEqual([
      true,
      -5,
      9007199254740993n,
      0.5,
      'o\'b,"\n',
    ]);
    expect([...at('x').get(0)]).toEqual([0, 255]);
    expect(String(at('h').get(0))).toBe('-170141183460469231731687303715884105727');
    expect(String(at('d').get(0))).toBe('-1234');
    expect(at('day').data[0]!.values[0]).toBe(-1);
    expect(at('moment').data[0]!.values[0]).toBe(1795342500123456n);
    expect(at('l').get(0)).toBe('[1,2]');
    expect(table.schema.fields.map(({ name }) => at(name).get(1))).toEqual(Array(11).fill(null));
  });

  test('arrow has its columns where there are no rows, and many batches where there are many', async () => {
    const none = tableFromIPC(readFileSync(await saved('arrow', 'select * from interactions where false')));
    expect([none.numRows, none.schema.fields[0]!.name]).toEqual([0, 'run']);
    const many = tableFromIPC(readFileSync(await saved('arrow', 'select range as x from range(200000)')));
    expect([many.numRows, many.batches.length, many.get(199_999)?.x]).toEqual([200_000, 4, 199_999n]);
  });

  test('parquet is read back as it was', async () => {
    const file = await saved('parquet', VALUES);
    const rows = await asking((questions) => questions.ask(`select n::varchar, s, l, d::varchar from '${file}'`));
    expect(rows.rows).toEqual([
      ['9007199254740993', 'o\'b,"\n', [1, 2], '-12.34'],
      [null, null, null, null],
    ]);
  });

  test('csv quotes what it must', async () => {
    const text = readFileSync(await saved('csv', `select 'a,b' as "x y", 'c"d' as q, null as n, '' as e`), 'utf8');
    expect(text).toBe('x y,q,n,e\n"a,b","c""d",,""\n');
  });

  test.each(['csv', 'parquet', 'arrow'] as const)('%s of a bad question fails as the question does', async (format) => {
    await expect(saved(format, 'selekt 1')).rejects.toMatchObject({ problem: { code: 'QUERY_FAILED' } });
  });
});
