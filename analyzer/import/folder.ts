// A run folder in the published format from rows that did not come from Shuttle's own recorder.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FORMAT, TABLES, type TableName } from '../../native/contract/words.js';
import { NO_LEDGER, type RunInfo, writeRunInfo } from '../../tracer/record/run_info.js';
import { type Row, TableBuilder } from './table.js';

export type { Row } from './table.js';

/** What must be said of a run; the rest has plain values. */
export type RunSaid = Pick<RunInfo, 'id' | 'system' | 'vms'> & Partial<RunInfo>;

/** The three tables of one run while it is made. `seq` and `ts` are counted where a row does not say them. */
export class RunMaker {
  private readonly tables = Object.fromEntries(
    Object.keys(TABLES).map((table) => [table, new TableBuilder(table as TableName)]),
  ) as Record<TableName, TableBuilder>;

  interaction(row: Row): number {
    const seq = this.tables.interactions.rows;
    this.tables.interactions.add({ ts: seq, source: 'engine', verdict: 'shuttled', ...row, seq });
    return seq;
  }

  payload(row: Row): void {
    this.tables.payloads.add(row);
  }

  process(row: Row): void {
    this.tables.processes.add({ argv: '[]', ...row });
  }

  get rows(): number {
    return this.tables.interactions.rows;
  }

  /** Makes `folder` the run folder. Throws RUN_FOLDER_UNWRITABLE. */
  async write(folder: string, said: RunSaid): Promise<void> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const table of Object.keys(TABLES) as TableName[])
      await this.tables[table].write(join(folder, `${table}.arrow`));
    writeRunInfo(folder, { ...PLAIN, ledger: ledgerOf(this.rows), ...said });
  }
}

const PLAIN: Omit<RunInfo, 'id' | 'system' | 'vms' | 'ledger'> = {
  format: FORMAT,
  shuttle: 'import',
  mode: 'allow',
  started: '1970-01-01T00:00:00.000Z',
  duration_ms: 0,
  outcome: 'ok',
  exit_code: 0,
  complete: true,
  host: { kernel: '', machine: '' },
};

const ledgerOf = (rows: number): RunInfo['ledger'] => ({
  ...NO_LEDGER,
  engine: { seen: rows, stored: rows, lost: 0 },
});
