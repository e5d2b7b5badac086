// How well and how fast runs become rules.
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { promisify } from 'node:util';
import type { InferMeasure } from '../../analyzer/bench/infer.js';
import { writeLargeRuns } from '../../fixtures/planted/large.js';
import { f1, type Score, score } from '../../fixtures/planted/score.js';
import { alone } from '../alone.js';
import { type Figure, figure, skipped } from '../figure.js';
import type { Bench, Group } from '../row.js';

const SEEDS = 50;
const LEARNT = 5;

/** Planted policies: `npm run bench -- planted-f1 --rounds N` takes N seeds instead of 50. */
export const planted: Group = {
  names: ['planted-f1', 'planted-interval', 'planted-overgrant'],
  unit: 'share',
  async measure({ rounds, progress }: Bench): Promise<Figure[]> {
    const scores: Score[] = [];
    for (let seed = 0; seed < rounds(SEEDS); seed++) {
      scores.push(await score(`bench ${seed}`, { runs: LEARNT }));
      if ((seed + 1) % 10 === 0) progress(`${seed + 1} planted policies`);
    }
    const total = (of: (one: Score) => number) => scores.reduce((sum, one) => sum + of(one), 0);
    const inside = scores.filter(({ denials, foretold: [low, high] }) => low <= denials && denials <= high).length;
    const needed = total((one) => one.needed);
    const granted = total(({ admitted, overgranted }) => admitted + overgranted) / needed;
    const of = `${scores.length} seeds, ${LEARNT} runs each`;
    const rows = `${total((one) => one.admitted)} of ${needed} needed rows admitted`;
    const strays = `${total((one) => one.overgranted)} of ${total((one) => one.decoys)} decoys admitted`;
    return [
      figure('planted-f1', 'F1', { ours: f1(scores), theirs: null }, `rules found exactly, ${of}; ${rows}`, {
        of: 'ours',
        least: 0.98,
      }),
      figure(
        'planted-interval',
        'share',
        { ours: inside / scores.length, theirs: null },
        `seeds whose unseen runs were denied as much as foretold`,
        { of: 'ours', least: 0.9 },
      ),
      figure(
        'planted-overgrant',
        'of planted',
        { ours: granted, theirs: null },
        `names admitted, against the planted policy; ${strays}`,
        { of: 'ours', most: 1.05 },
      ),
    ];
  },
};

const ROWS = 10_000_000;
const RUNS = 20;

export const speed: Group = {
  names: ['infer-10m', 'infer-growth'],
  unit: 's',
  async measure({ lab, wanted, progress }: Bench): Promise<Figure[]> {
    const large = await measured(lab.room('infer-10m'), ROWS);
    const { seconds, rss } = large;
    const memory = `${(rss / 1e9).toFixed(2)} GB at most, ${rss <= 2e9 ? 'reaches' : 'MISSES'} ≤ 2 GB`;
    const note = `${ROWS} rows of ${RUNS} runs, files to ${large.rules} rules; ${memory}`;
    const figures = [figure('infer-10m', 's', { ours: seconds, theirs: null }, note, { of: 'ours', most: 20 })];
    if (!wanted('infer-growth')) return figures;
    progress('a tenth of the rows');
    const small = await measured(lab.room('infer-1m'), ROWS / 10);
    const times = `${seconds.toFixed(1)} s for ten times the rows of ${small.seconds.toFixed(1)} s`;
    const held = `${(rss / small.rss).toFixed(2)} of its memory`;
    return [
      ...figures,
      figure('infer-growth', 'x', { ours: seconds / small.seconds, theirs: null }, `${times}; ${held}`, {
        of: 'ours',
        most: 11,
      }),
    ];
  },
};

async function measured(room: string, rows: number): Promise<InferMeasure> {
  await writeLargeRuns(room, RUNS, rows / RUNS);
  try {
    return (await alone('infer', room)) as InferMeasure;
  } finally {
    rmSync(room, { recursive: true });
  }
}

/** What others make of as many events, where they are installed. */
export const others: Group = {
  names: ['infer-audit2allow'],
  unit: 'events/s',
  async measure(): Promise<Figure[]> {
    try {
      await promisify(execFile)('audit2allow', ['--version']);
    } catch {
      return [skipped('infer-audit2allow', 'events/s', 'audit2allow is not installed')];
    }
    return [skipped('infer-audit2allow', 'events/s', 'it reads a policy that only SELinux machines have')];
  },
};
