// What the runs prove about names of one frame: that they vary from run to run, or that their set is still open.
import { type Item, runsOf } from './items.js';

export interface Proof {
  /** Runs the VM took part in. */
  runs: number;
  /** More new names than this must turn up in the later runs for a set to count as open. */
  threshold: number;
}

// One name that returns among this many that never do may be chance.
const CHANCE = 8;

/** Names that a run met and no other did. */
export const freshOf = (items: readonly Item[]): Item[] => items.filter(({ runs }) => runs.length === 1);

/**
 * Whether the names vary from run to run: every run that uses them at all meets new ones, and hardly one returns. Names
 * that could be constants by their look (`weak`) must do so in all runs; others in half of them. One run proves nothing.
 */
export function varies(items: readonly Item[], weak: boolean, { runs }: Proof): boolean {
  const fresh = freshOf(items);
  const returning = items.filter((item) => item.runs.length > 1 && item.runs.length < runs).length;
  const met = runsOf(fresh).size;
  if (met < 2 || returning * CHANCE > fresh.length) return false;
  return met === runs || (!weak && met * 2 >= runs);
}

/** Whether new names still turn up in the later half of the runs, more than the threshold. */
export function isOpen(items: readonly Item[], { runs, threshold }: Proof): boolean {
  const births = items.filter((item) => item.runs[0]! >= runs / 2).length;
  return births > threshold;
}

/** Whether values look like ones that nobody writes by hand: long numbers, hex, guids, dates. */
export function looksVolatile(values: readonly string[]): boolean {
  return values.every((value) => value.length >= 4 && /[0-9]/.test(value));
}
