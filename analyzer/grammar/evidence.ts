// What the runs prove about names of one frame: that they vary from run to run, or that their set is still open.
import { type Item, runsOf } from './items.js';
import { isMixed } from './slots.js';

export interface Proof {
  /** Runs the VM took part in. */
  runs: number;
  /** More new names than this must turn up in the later runs for a set to count as open. */
  threshold: number;
}

// Good and Turing: the share of meetings that were with a name met once is the chance that the next one is new.
const LIKELY = 0.5;
const NO_LIST = 4; // runs, in none of which anything came back

/** Names that a run met and no other did. */
export const freshOf = (items: readonly Item[]): Item[] => items.filter(({ runs }) => runs.length === 1);

/**
 * Whether the names vary from run to run: at least half of the runs meet new ones, and so would likely the next; or fewer
 * runs do, and none of their names ever came back. Names that could be constants by their look (`weak`) must moreover be
 * met in every run, or new in so many that no list would be. One run proves nothing; a name of every run is a constant beside
 * the others and says nothing of them.
 */
export function varies(items: readonly Item[], weak: boolean, { runs }: Proof): boolean {
  const fresh = freshOf(items);
  const partial = items.filter((item) => item.runs.length < runs);
  const meetings = partial.reduce((sum, item) => sum + item.runs.length, 0);
  const met = runsOf(fresh).size;
  if (met < 2 || fresh.length < meetings * LIKELY) return false;
  if (met * 2 < runs && (weak || fresh.length < partial.length)) return false;
  return !weak || runsOf(partial).size === runs || (met >= NO_LIST && fresh.length === partial.length);
}

/**
 * Whether new names still turn up in the later half of the runs, more than the threshold. The first run that met any of
 * them proves nothing: there all are new.
 */
export function isOpen(items: readonly Item[], { runs, threshold }: Proof): boolean {
  const first = items.reduce((least, item) => Math.min(least, item.runs[0]!), runs);
  const births = items.filter(({ runs: [born] }) => born! > first && born! >= runs / 2).length;
  return births > threshold;
}

const isStrange = (value: string): boolean => (value.length >= 4 && /[0-9]/.test(value)) || isMixed(value);

/** Whether values look like ones that nobody writes by hand: long numbers, hex, guids, dates, `kQx7Pz`. */
export const looksVolatile = (values: readonly string[]): boolean => values.every(isStrange);

/** The same of most of them: a number that grows is short at times. */
export const mostLookVolatile = (values: readonly string[]): boolean =>
  values.filter(isStrange).length * 2 > values.length;
