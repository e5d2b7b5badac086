// How many recorded rows a second DuckDB takes.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadMeasure } from '../../analyzer/bench/load.js';
import { writeBenchRun } from '../../analyzer/bench/write_run.js';
import { alone } from '../alone.js';
import { type Figure, figure } from '../figure.js';
import { median } from '../rounds.js';
import type { Bench, Group } from '../row.js';

const ROWS = 3_000_000;
const MOST_MEMORY = 400;

export const load: Group = {
  names: ['load', 'load-file'],
  unit: 'rows/s',
  async measure({ lab, rounds, wanted }: Bench): Promise<Figure[]> {
    const run = join(lab.folder, 'load');
    await writeBenchRun(run, ROWS);
    const figures: Figure[] = [];
    if (wanted('load')) {
      const found = await repeat(rounds(5), run);
      const note = `${ROWS} rows of \`interactions\`, in memory; ${found.megabytes.toFixed(0)} MB`;
      figures.push(figure('load', 'rows/s', found, note, { of: 'ours', least: 2_000_000 }));
    }
    if (wanted('load-file')) {
      const found = await repeat(rounds(5), run, join(lab.room('load-file'), 'rows.db'));
      const reached = found.megabytes <= MOST_MEMORY ? 'reaches' : 'MISSES';
      const memory = `${found.megabytes.toFixed(0)} MB at most, ${reached} ≤ ${MOST_MEMORY} MB`;
      const note = `${ROWS} rows of \`interactions\`, into a file with a checkpoint; ${memory}`;
      figures.push(figure('load-file', 'rows/s', found, note, { of: 'ours', least: 1_200_000 }));
    }
    rmSync(run, { recursive: true });
    return figures;
  },
};

/** Loads the run in a process of its own, again and again; into `file` where one is named. */
async function repeat(rounds: number, run: string, file?: string) {
  const found: LoadMeasure[] = [];
  for (let round = 0; round < rounds; round++) {
    if (file !== undefined) rmSync(file, { force: true });
    found.push((await alone('load', run, ...(file === undefined ? [] : [file]))) as LoadMeasure);
  }
  const megabytes = median(found.map((one) => one.rss)) / 1e6;
  return { ours: median(found.map((one) => one.rows_per_second)), theirs: null, megabytes };
}
