// Leave one run out, learn from the rest, and count what the rules would have denied to the run left out: how many
// denials the next run must expect. Denials are counted in rows; a name kept apart as rare is a denial.
import { boundValues, generalise, type Settings } from './grammar/generalise.js';
import type { Group, SeenName } from './grammar/names.js';
import { admitter } from './pattern/admits.js';

export interface HeldOut {
  /** Mean over the runs left out; null where there is but one run. */
  denials_per_run: number | null;
  /** The mean's 95 % interval. */
  low: number | null;
  high: number | null;
}

// Enough for the interval; more only costs time. Each run left out is learnt from anew, so many names mean fewer runs.
const MOST_RUNS = 20;
const FEWEST_RUNS = 3;
const MOST_WORK = 1_000_000; // names looked at

/** What to expect of a run that nothing was learnt from. `runs` are the ids of all runs, in order. */
export function holdOut(groups: readonly Group[], runs: readonly string[], settings: Settings): HeldOut {
  if (runs.length < 2) return { denials_per_run: null, low: null, high: null };
  const names = groups.reduce((sum, group) => sum + group.names.reduce((all, one) => all + one.sightings.length, 0), 0);
  const most = Math.max(FEWEST_RUNS, Math.min(MOST_RUNS, Math.floor(MOST_WORK / Math.max(1, names))));
  const step = Math.max(1, runs.length / most);
  const left: Denials[] = [];
  for (let at = 0; Math.floor(at) < runs.length; at += step)
    left.push(denialsOf(groups, runs[Math.floor(at)]!, settings));
  return interval(left, rowsPerName(groups));
}

/** What one run was denied: rows, and names that they are for. */
interface Denials {
  rows: number;
  names: number;
}

const NONE: Denials = { rows: 0, names: 0 };
const sum = (a: Denials, b: Denials): Denials => ({ rows: a.rows + b.rows, names: a.names + b.names });

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

function denialsOf(groups: readonly Group[], run: string, settings: Settings): Denials {
  return groups.reduce((all, group) => {
    const place = group.runs.indexOf(run);
    return place < 0 ? all : sum(all, denialsIn(group, place, settings));
  }, NONE);
}

function denialsIn(group: Group, run: number, settings: Settings): Denials {
  const { shapes } = generalise(without(group, run), settings);
  const patterns = shapes.map(({ pattern }) => pattern);
  const admits = admitter(patterns, boundValues(group, run), group.fold);
  let denials = NONE;
  for (const { name, sightings } of group.names) {
    const times = sightings.find((sighting) => sighting.run === run)?.times ?? 0;
    if (times > 0 && !admits(name)) denials = sum(denials, { rows: times, names: 1 });
  }
  return denials;
}

function without(group: Group, run: number): Group {
  const names = group.names.flatMap(({ name, sightings }): SeenName[] => {
    const left = sightings
      .filter((sighting) => sighting.run !== run)
      .map((sighting) => ({ ...sighting, run: sighting.run > run ? sighting.run - 1 : sighting.run }));
    return left.length === 0 ? [] : [{ name, sightings: left }];
  });
  return {
    ...group,
    names,
    runs: group.runs.filter((_, place) => place !== run),
    copies: copiesWithout(group.copies, run),
  };
}

// Where the original goes, its first copy takes its part.
function copiesWithout(copies: Group['copies'], run: number): Map<number, number> {
  const heir = [...copies].find(([, original]) => original === run)?.[0];
  const shift = (place: number) => (place > run ? place - 1 : place);
  const left = [...copies].filter(([copy]) => copy !== run && copy !== heir);
  return new Map(left.map(([copy, original]) => [shift(copy), shift(original === run ? heir! : original)]));
}

// Student's t for 95 %, by degrees of freedom.
const T = [
  12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.1, 2.09,
];

/**
 * Two intervals, and the wider of their ends: Student's for the mean of the runs' denials, and for few denials, where the
 * runs hardly differ and Student's is too sure, the exact one for how often a new name comes (Poisson; Garwood 1936),
 * times the rows that a name has.
 */
function interval(left: readonly Denials[], usual: number): HeldOut {
  const n = left.length;
  const total = left.reduce(sum, NONE);
  const mean = total.rows / n;
  const variance = left.reduce((all, { rows }) => all + (rows - mean) ** 2, 0) / (n - 1);
  const half = (T[n - 2] ?? 1.96) * Math.sqrt(variance / n);
  const rows = Math.max(usual, total.names === 0 ? 0 : total.rows / total.names);
  const [fewest, most] = poisson(total.names).map((names) => (names * rows) / n) as [number, number];
  return {
    denials_per_run: rounded(mean),
    low: rounded(Math.max(0, Math.min(mean - half, fewest))),
    high: rounded(Math.max(mean + half, most)),
  };
}

/** The 95 % interval of a Poisson mean of which `count` was seen. */
function poisson(count: number): [number, number] {
  return [count === 0 ? 0 : chiSquare(2 * count, -1.96) / 2, chiSquare(2 * count + 2, 1.96) / 2];
}

/** A quantile of the chi-square distribution (Wilson and Hilferty 1931). */
function chiSquare(freedom: number, z: number): number {
  const spread = 2 / (9 * freedom);
  return freedom * Math.max(0, 1 - spread + z * Math.sqrt(spread)) ** 3;
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
