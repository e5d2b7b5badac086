// How fast a review answers its slowest key.
import type { KeyMeasure } from '../../policygen/review/bench.js';
import { alone } from '../alone.js';
import { type Figure, figure } from '../figure.js';
import type { Group } from '../row.js';

const RULES = 5_000;

export const review: Group = {
  names: ['review-key'],
  unit: 'ms',
  async measure(): Promise<Figure[]> {
    const [slowest] = (await alone('review', String(RULES))) as KeyMeasure[];
    const note = `the slowest of the keys, ${slowest!.key}, with ${RULES} rules and ${RULES * 12} names`;
    return [figure('review-key', 'ms', { ours: slowest!.ms, theirs: null }, note, { of: 'ours', most: 50 })];
  },
};
