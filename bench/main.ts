// npm run bench [-- --json] [--rounds N] [NAME...]: measures Shuttle beside what people use today.
import { parseArgs } from 'node:util';
import { type Figure, skipped } from './figure.js';
import { Lab } from './lab.js';
import { load as busyness, machine, table } from './print.js';
import type { Bench, Group } from './row.js';
import { files } from './rows/files.js';
import { others, planted, speed } from './rows/infer.js';
import { load } from './rows/load.js';
import { recorder, traps } from './rows/record.js';
import { redis } from './rows/redis.js';
import { review } from './rows/review.js';
import { command, starts } from './rows/start.js';
import { windows } from './rows/windows.js';
import { windowsCom } from './rows/windows_com.js';
import { windowsObjects } from './rows/windows_objects.js';
import { windowsPipes } from './rows/windows_pipes.js';
import { windowsPostgres } from './rows/windows_postgres.js';

const GROUPS: readonly Group[] = [
  starts,
  command,
  ...files,
  ...redis,
  windows,
  ...windowsObjects,
  windowsPipes,
  windowsCom,
  windowsPostgres,
  recorder,
  traps,
  load,
  planted,
  speed,
  others,
  review,
];

/** A row that cannot be measured says why and keeps none of the others. */
async function measure(group: Group, bench: Bench): Promise<Figure[]> {
  try {
    bench.progress(group.names.join(', '));
    return (await group.measure(bench)).filter(({ name }) => bench.wanted(name.split(':')[0]!) || bench.wanted(name));
  } catch (error) {
    const why = String((error as Error).message ?? error);
    return group.names.filter(bench.wanted).map((name) => skipped(name, group.unit, why));
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { json: { type: 'boolean' }, rounds: { type: 'string' } },
    allowPositionals: true,
  });
  const known = GROUPS.flatMap((group) => group.names);
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`no such row: ${unknown.join(', ')}; there are ${known.join(', ')}`);
  if (values.rounds !== undefined && !/^[1-9]\d*$/.test(values.rounds))
    throw new Error('--rounds wants a whole number');
  const lab = new Lab();
  process.once('exit', () => lab.remove());
  const bench: Bench = {
    lab,
    rounds: (usual) => Number(values.rounds ?? usual),
    wanted: (name) => positionals.length === 0 || positionals.includes(name),
    progress: (text) => console.error(`bench: ${text}`),
  };
  const figures: Figure[] = [];
  const before = busyness();
  for (const group of GROUPS) if (group.names.some(bench.wanted)) figures.push(...(await measure(group, bench)));
  if (values.json) console.log(JSON.stringify(figures, null, 2));
  else console.log([`${machine()}; ${before} before, ${busyness()} after`, '', ...table(figures)].join('\n'));
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
try {
  await main();
} catch (error) {
  console.error(`bench: ${(error as Error).message}`);
  process.exitCode = 1;
}
