// Leave one run out, learn from the rest, and count what the rules would have denied to the run left out: how many
// denials the next run must expect. Denials are counted in rows; a name kept apart as rare is a denial.
import { generalise, type Settings } from './grammar/generalise.js';
import type { Group } from './grammar/names.js';
import { admitter } from './pattern/admits.js';
import type { Relearner } from './relearn.js';

export interface HeldOut {
  /** Mean over the runs left out; null where there is but one run. */
  denials_per_run: number | null;
  /** Where the mean of as many runs again will lie, with 95 %. */
  low: number | null;
  high: number | null;
}

/** What to expect of a run that nothing was learnt from. */
export function holdOut(relearner: Relearner): HeldOut {
  const { groups, runs, settings } = relearner;
  if (runs.length < 2) return { denials_per_run: null, low: null, high: null };
  const left = runs.map((run) => denialsOf(relearner, run));
  return interval(left, rowsPerName(groups), stillRare(groups, settings));
}

/** What one run was denied: rows, and names that they are for. */
interface Denials {
  rows: number;
  names: number;
}

const NONE: Denials = { rows: 0, names: 0 };
const sum = (a: Denials, b: Denials): Denials => ({ rows: a.rows + b.rows, names: a.names + b.names });

/** Names in runs that the rules learnt from all runs still deny: what leaving a run out cannot make too many of. */
function stillRare(groups: readonly Group[], settings: Settings): number {
  const rareIn = (group: Group) =>
    generalise(group, settings).rare.reduce((all, { members }) => all + members.length, 0);
  return groups.reduce((all, group) => all + rareIn(group), 0);
}

/** How many rows a name of a run has, on average. */
function rowsPerName(groups: readonly Group[]): number {
  let [rows, names] = [0, 0];
  for (const { names: all } of groups)
    for (const { sightings } of all)
      for (const { times } of sightings) {
        rows += times;
        names++;
      }
  return names === 0 ? 1 : rows / names;
}

function denialsOf(relearner: Relearner, run: string): Denials {
  return relearner.groups.reduce((all, group) => {
    const place = group.runs.indexOf(run);
    return place < 0 ? all : sum(all, denialsIn(relearner, group, place));
  }, NONE);
}

function denialsIn(relearner: Relearner, group: Group, run: number): Denials {
  const { shapes, bound } = relearner.without(group, run);
  const patterns = shapes.map(({ pattern }) => pattern);
  const admits = admitter(patterns, bound, group.fold);
  let denials = NONE;
  for (const { name, sightings } of group.names) {
    const times = sightings.find((sighting) => sighting.run === run)?.times ?? 0;
    if (times > 0 && !admits(name)) denials = sum(denials, { rows: times, names: 1 });
  }
  return denials;
}

// Student's t for 95 %, by degrees of freedom.
const T = [
  12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.1, 2.09,
];

/**
 * Where the mean of as many runs again will lie, which is what one can see: the wider of two intervals. Student's, from
 * how the runs differ; and for few denials, where the runs hardly do and Student's is too sure, the one for how often a new
 * name comes (Poisson: Garwood 1936, and Nelson 1970 for what is still to come), times the rows that a name has. Rules
 * learnt from fewer runs deny more, so the lower end counts only what all runs together leave rare.
 */
function interval(left: readonly Denials[], usual: number, rare: number): HeldOut {
  const n = left.length;
  const total = left.reduce(sum, NONE);
  const mean = total.rows / n;
  const variance = left.reduce((all, { rows }) => all + (rows - mean) ** 2, 0) / (n - 1);
  const half = (T[n - 2] ?? 1.96) * Math.sqrt((2 * variance) / n);
  const rows = Math.max(usual, total.names === 0 ? 0 : total.rows / total.names);
  const fewest = (poisson(Math.min(rare, total.names))[0] * rows) / n;
  const most = (poisson(total.names)[1] * rows) / n;
  return {
    denials_per_run: rounded(mean),
    low: rounded(Math.max(0, Math.min(mean - half, fewest))),
    high: rounded(Math.max(mean + half, most)),
  };
}

/** The 95 % interval of what a Poisson process brings that brought `count` in as long a time. */
function poisson(count: number): [number, number] {
  const half = 1.96 * Math.sqrt(2 * count + 1);
  return [Math.max(0, count - half), Math.max(count + 0.5 + half, chiSquare(2 * count + 2, 1.96) / 2)];
}

/** A quantile of the chi-square distribution (Wilson and Hilferty 1931). */
function chiSquare(freedom: number, z: number): number {
  const spread = 2 / (9 * freedom);
  return freedom * Math.max(0, 1 - spread + z * Math.sqrt(spread)) ** 3;
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
