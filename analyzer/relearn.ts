// Learning again from all runs but one: what the runs left prove about the one left out.
import { boundValues, generalise, type Settings } from './grammar/generalise.js';
import type { Group, SeenName, Shape } from './grammar/names.js';
import type { BoundValues } from './pattern/match.js';

export interface Relearnt {
  shapes: readonly Shape[];
  /** The shape that has a name, of the names that other runs met. */
  shapeOf: ReadonlyMap<string, Shape>;
  /** The values of the run left out. */
  bound: BoundValues;
}

// Enough for an interval; more only costs time. Each run left out is learnt from anew, so many names mean fewer runs.
const MOST_RUNS = 20;
const FEWEST_RUNS = 3;
const MOST_WORK = 1_000_000; // names looked at

/** Each group is learnt from once for each run left out, whoever asks. */
export class Relearner {
  private readonly known = new Map<Group, Map<number, Relearnt>>();
  /** The ids of the runs that are left out in turn. */
  readonly runs: readonly string[];

  constructor(
    readonly groups: readonly Group[],
    runs: readonly string[],
    readonly settings: Settings,
  ) {
    this.runs = runs.length < 2 ? [] : spread(runs, mostRuns(groups));
  }

  /** `place` is one of the group's runs. */
  without(group: Group, place: number): Relearnt {
    const byPlace = this.known.get(group) ?? new Map<number, Relearnt>();
    this.known.set(group, byPlace);
    const known = byPlace.get(place);
    if (known !== undefined) return known;
    const { shapes } = generalise(withoutRun(group, place), this.settings);
    const shapeOf = new Map(shapes.flatMap((shape) => shape.members.map(({ name }) => [name, shape] as const)));
    const made = { shapes, shapeOf, bound: boundValues(group, place) };
    byPlace.set(place, made);
    return made;
  }
}

function mostRuns(groups: readonly Group[]): number {
  const names = groups.reduce((sum, group) => sum + group.names.reduce((all, one) => all + one.sightings.length, 0), 0);
  return Math.max(FEWEST_RUNS, Math.min(MOST_RUNS, Math.floor(MOST_WORK / Math.max(1, names))));
}

function spread(runs: readonly string[], most: number): string[] {
  const step = Math.max(1, runs.length / most);
  const chosen: string[] = [];
  for (let at = 0; Math.floor(at) < runs.length; at += step) chosen.push(runs[Math.floor(at)]!);
  return chosen;
}

function withoutRun(group: Group, run: number): Group {
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
