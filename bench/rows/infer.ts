// How well and how fast runs become rules.
import { rmSync, statfsSync } from 'node:fs';
import type { InferMeasure } from '../../analyzer/bench/infer.js';
import { DEEP } from '../../fixtures/planted/grammars/deep.js';
import { ODD } from '../../fixtures/planted/grammars/odd.js';
import { PLAIN } from '../../fixtures/planted/grammars/plain.js';
import { WILD } from '../../fixtures/planted/grammars/wild.js';
import { writeLargeRuns } from '../../fixtures/planted/large.js';
import { f1, type Score, score } from '../../fixtures/planted/score.js';
import { writeSmallRuns } from '../../fixtures/planted/small.js';
import { alone } from '../alone.js';
import { type Figure, figure, skipped } from '../figure.js';
import type { Bench, Group } from '../row.js';

const SEEDS = 50;
const LEARNT = 5;
const GRAMMARS = [PLAIN, ODD, WILD, DEEP];

/** Planted policies: `npm run bench -- planted-f1 --rounds N` takes N seeds instead of 50. */
export const planted: Group = {
  names: ['planted-f1', 'planted-interval', 'planted-overgrant'],
  unit: 'share',
  async measure({ rounds, progress }: Bench): Promise<Figure[]> {
    const scores: Score[] = [];
    for (let seed = 0; seed < rounds(SEEDS); seed++) {
      scores.push(await score(`bench ${seed}`, { runs: LEARNT, grammar: GRAMMARS[seed % GRAMMARS.length]! }));
      if ((seed + 1) % 10 === 0) progress(`${seed + 1} planted policies`);
    }
    const total = (of: (one: Score) => number) => scores.reduce((sum, one) => sum + of(one), 0);
    const inside = scores.filter(({ denials, foretold: [low, high] }) => low <= denials && denials <= high).length;
    const needed = total((one) => one.needed);
    const granted = total(({ admitted, overgranted }) => admitted + overgranted) / needed;
    const of = `${scores.length} seeds of ${GRAMMARS.length} grammars, ${LEARNT} runs each`;
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

/** Ten times as many rows again take some minutes and much room. */
export const most: Group = {
  names: ['infer-100m'],
  unit: 's',
  onRequest: true,
  async measure({ lab }: Bench): Promise<Figure[]> {
    const room = lab.room('infer-100m');
    const { bavail, bsize } = statfsSync(room);
    if (bavail * bsize < ROOM) return [skipped('infer-100m', 's', `it needs ${ROOM / 1e9} GB of disk`)];
    const { seconds, rss, rules } = await measured(room, ROWS * 10);
    const note = `${ROWS * 10} rows of ${RUNS} runs, files to ${rules} rules; ${(rss / 1e9).toFixed(2)} GB at most`;
    return [figure('infer-100m', 's', { ours: seconds, theirs: null }, note)];
  },
};

const ROOM = 40e9;
const MANY = 10_000;

/** Very many runs of next to nothing: what a run itself costs. */
export const runs: Group = {
  names: ['infer-runs'],
  unit: 's',
  async measure({ lab }: Bench): Promise<Figure[]> {
    const measureRuns = async (count: number): Promise<InferMeasure> => {
      const room = lab.room(`infer-runs-${count}`);
      await writeSmallRuns(room, count);
      return (await alone('infer', room)) as InferMeasure;
    };
    const few = await measureRuns(MANY / 10);
    const { seconds, rss, rules } = await measureRuns(MANY);
    const grown = `${(seconds / few.seconds).toFixed(1)} times what a tenth of them takes`;
    const note = `${MANY} runs of 10 rows to ${rules} rules, ${grown}; ${(rss / 1e9).toFixed(2)} GB at most`;
    return [figure('infer-runs', 's', { ours: seconds, theirs: null }, note)];
  },
};
