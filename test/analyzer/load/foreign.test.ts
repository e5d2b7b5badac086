// Runs that pyarrow and polars wrote by the published format are runs like our own.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { queryRuns } from '../../../analyzer/query.js';
import { readRunInfo } from '../../../tracer/record/run_info.js';

const fixtures = fileURLToPath(new URL('../../../fixtures/runs/', import.meta.url));
const expected = JSON.parse(readFileSync(join(fixtures, 'expected.json'), 'utf8')) as Record<string, unknown>[];

let base = '';
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'shuttle runs '));
  cpSync(fixtures, base, { recursive: true });
});
afterAll(() => rmSync(base, { recursive: true }));

async function interactionsOf(folder: string): Promise<Record<string, unknown>[]> {
  const sql = 'select * exclude (run, noise) from interactions order by seq';
  const { columns, rows } = await queryRuns([folder], sql);
  return rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])));
}

test.each([
  ['pyarrow', 5],
  ['pyarrow-lz4', 5],
  ['polars', 5],
  ['pyarrow-torn', 4],
])('%s', async (name, rows) => {
  expect(await interactionsOf(join(base, name))).toEqual(expected.slice(0, rows));
});

test('a torn one is finished, and marked', async () => {
  const folder = join(base, 'torn');
  cpSync(join(fixtures, 'pyarrow-torn'), folder, { recursive: true });
  const link = join(base, 'link');
  symlinkSync(folder, link);
  expect(await interactionsOf(link)).toHaveLength(4);
  expect(readRunInfo(folder)).toMatchObject({ outcome: 'torn', complete: false });
  expect(['arrow', 'arrows'].map((end) => existsSync(join(folder, `interactions.${end}`)))).toEqual([true, false]);
});

test('payloads and processes may be missing', async () => {
  const folder = join(base, 'alone');
  cpSync(join(fixtures, 'pyarrow'), folder, { recursive: true });
  for (const table of ['payloads', 'processes']) rmSync(join(folder, `${table}.arrow`));
  const counts =
    'select (select count(*) from payloads) + (select count(*) from processes), count(*) from interactions';
  expect((await queryRuns([folder], counts)).rows).toEqual([[0, 5]]);
});
