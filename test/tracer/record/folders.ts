import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { RecordBatchReader, type Table, tableFromIPC } from 'apache-arrow';
import { afterAll } from 'vitest';
import type { TableName } from '../../../native/contract/words.js';
import type { NativeRow } from '../../../native/recorder.js';

/** Some row. */
export const ROW: NativeRow = { vm: 'app', op: 'file.read', object: '/x', verdict: 'passed', source: 'engine' };

/** Waits for what another thread does. */
export async function until(met: () => boolean): Promise<void> {
  while (!met()) await wait(10);
}

/** All rows that a ledger saw. */
export const total = (ledger: object): number =>
  Object.values(ledger).reduce((sum: number, line: { seen: number }) => sum + line.seen, 0);

const made: string[] = [];

/** A folder that is gone after the tests of the file. */
export function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'shuttle-record-'));
  made.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A finished table as apache-arrow, which is not what wrote it, reads it. */
export const tableOf = (folder: string, table: TableName): Table =>
  tableFromIPC(readFileSync(join(folder, `${table}.arrow`)));

export function rowsOf(folder: string, table: TableName): Record<string, unknown>[] {
  return tableOf(folder, table)
    .toArray()
    .map((row) => (row as { toJSON(): Record<string, unknown> }).toJSON());
}

/** Rows in the whole batches of a stream. */
export function streamRows(bytes: Uint8Array): number {
  let rows = 0;
  try {
    for (const batch of RecordBatchReader.from(bytes)) rows += batch.numRows;
  } catch {
    // torn: what came before counts
  }
  return rows;
}
