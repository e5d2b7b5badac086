// How many recorded rows a second DuckDB takes.

import { alone } from '../alone.js';
import { type Figure, figure } from '../figure.js';
import type { LoadFigures } from '../load_run.js';
import { writeRows } from '../load_run.js';
import { median } from '../rounds.js';
import type { Bench, Group } from '../row.js';

const ROWS = 3_000_000;
const MIB = 1 << 20;

export const load: Group = {
  names: ['load', 'load-file'],
  unit: 'rows/s',
  async measure({ lab, rounds, wanted }: Bench): Promise<Figure[]> {
    const run = lab.room('load');
    await writeRows(run, ROWS);
    const repeat = async (...args: string[]) => {
      const found: LoadFigures[] = [];
      for (let round = 0; round < rounds(5); round++) found.push((await alone('load', run, ...args)) as LoadFigures);
      const rows = median(found.map((one) => one.rowsPerSecond));
      return { ours: rows, theirs: null, rss: median(found.map((one) => one.rss)) / MIB };
    };
    const figures: Figure[] = [];
    if (wanted('load')) {
      const found = await repeat();
      const note = `${ROWS} rows of \`interactions\`, in memory; ${found.rss.toFixed(0)} MiB`;
      figures.push(figure('load', 'rows/s', found, note, { of: 'ours', least: 2_000_000 }));
    }
    if (wanted('load-file')) {
      const found = await repeat(lab.room('load-file'));
      const memory = `${found.rss.toFixed(0)} MiB at most, ${found.rss * MIB <= 400e6 ? 'reaches' : 'MISSES'} ≤ 400 MB`;
      const note = `${ROWS} rows of \`interactions\`, into a file and closed; ${memory}`;
      figures.push(figure('load-file', 'rows/s', found, note, { of: 'ours', least: 1_200_000 }));
    }
    return figures;
  },
};
