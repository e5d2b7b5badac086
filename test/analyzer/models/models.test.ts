// Each folder beside this file is a model's fixture: `given.json` has run folders (and rows of tables that inference
// fills), `expected.json` the rows the model must have.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Database } from '../../../analyzer/load/duck.js';
import { loadRuns } from '../../../analyzer/load/load.js';
import { MODELS, type Model, make } from '../../../analyzer/models/make.js';
import { sql } from '../../../analyzer/sql.js';
import { type RunGiven, writeRun } from '../write_run.js';

interface Given {
  runs: RunGiven[];
  tables?: Record<string, (string | null)[][]>;
}

const here = new URL('.', import.meta.url).pathname;
const models = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const read = (model: string, file: string) => JSON.parse(readFileSync(join(here, model, `${file}.json`), 'utf8'));

// What comes before, in dependency order.
const BEFORE: readonly Model[] = ['served', 'outward', 'uses', 'names', 'bindings'];
const AFTER: readonly Model[] = [
  'channels',
  'invocations',
  'used_before',
  'rule_rows',
  'support',
  'dependencies',
  'lives',
  'phases',
  'edges',
  'first_uses',
  'incidences',
  'coverage',
  'fresh',
  'blocked',
  'changed',
];

test.each(models)('%s', async (model) => {
  const { runs, tables = {} } = read(model, 'given') as Given;
  const folder = mkdtempSync(join(tmpdir(), 'model-'));
  const database = await Database.open();
  try {
    const folders = runs.map((run, at) => writeRun(join(folder, String(at)), { id: `r${at}`, ...run }));
    await loadRuns(database, folders);
    await database.run(sql('load/schema_rules'));
    for (const [table, rows] of Object.entries(tables)) await database.fill(table, rows);
    await make(database, [...BEFORE, ...AFTER]);
    const expected = read(model, 'expected') as Record<string, unknown>[];
    const columns = Object.keys(expected[0] ?? { '*': 0 });
    const rows = await database.all(
      `select ${columns.map((c) => (c === '*' ? c : `"${c}"`)).join(', ')} from ${model}`,
    );
    expect(sorted(rows)).toEqual(sorted(expected));
  } finally {
    database.close();
    rmSync(folder, { recursive: true });
  }
});

test('every model has its fixture', () => {
  expect(MODELS.filter((name) => !models.includes(name))).toEqual([]);
});

const sorted = (rows: readonly unknown[]) =>
  rows
    .map((row) => JSON.stringify(row))
    .sort()
    .map((row) => JSON.parse(row));
