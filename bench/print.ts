// The bench's figures as people read them.
import { cpus, loadavg, release, totalmem } from 'node:os';
import type { Figure } from './figure.js';

const HEAD = ['name', 'ours', 'theirs', 'ratio', 'unit'];

/** The machine the figures are of. */
export function machine(): string {
  const found = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${found[0]?.model.trim() ?? 'unknown'}, ${found.length} cores, ${memory} GiB, Linux ${release()}, Node ${process.version}`;
}

/** How many processes wanted a processor in the last minute: above the number of cores, times mean little. */
export const load = (): string => `load ${loadavg()[0]!.toFixed(1)}`;

/** Lines of a table, each with its note below. */
export function table(figures: readonly Figure[]): string[] {
  const rows = figures.map((one) => [one.name, ...[one.ours, one.theirs, one.ratio].map(text), one.unit]);
  const widths = HEAD.map((head, at) => Math.max(head.length, ...rows.map((row) => row[at]!.length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => (at > 0 && at < 4 ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!)))
      .join('  ')
      .trimEnd();
  return [line(HEAD), ...rows.flatMap((row, at) => [line(row), `    ${figures[at]!.note}`])];
}

const text = (value: number | null): string =>
  value === null ? '-' : value.toLocaleString('en-US', { maximumSignificantDigits: 7 });
