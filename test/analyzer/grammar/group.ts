// Groups of names written shortly: one list of names for each run, with that run's variables; and what comes of them.
import { DEFAULTS, generalise, type Settings } from '../../../analyzer/grammar/generalise.js';
import type { Group, SeenName, Sighting } from '../../../analyzer/grammar/names.js';
import { printPattern } from '../../../analyzer/pattern/text.js';

export interface RunNames {
  names: readonly string[];
  /** Values by token; a list where several programs used the names. */
  values?: Readonly<Record<string, string | readonly string[]>>;
}

export function groupOf(runs: readonly (RunNames | readonly string[])[], op = 'unix.connect', fold = false): Group {
  const given = runs.map((run) => ('names' in run ? run : { names: run }));
  const names = new Map<string, Sighting[]>();
  for (const [run, { names: met, values = {} }] of given.entries()) {
    for (const name of met) {
      const sightings = names.get(name) ?? [];
      sightings.push({
        run,
        times: 1,
        worked: true,
        access: 0,
        noise: null,
        first: 0,
        last: 0,
        values: held(name, values),
      });
      names.set(name, sightings);
    }
  }
  const sorted = [...names].sort(([a], [b]) => (a < b ? -1 : 1));
  const seen = sorted.map(([name, sightings]): SeenName => ({ name, sightings }));
  return { from: 'app', to: 'host', op, fold, runs: given.map((_, at) => `r${at}`), copies: new Map(), names: seen };
}

function held(name: string, values: NonNullable<RunNames['values']>): { token: string; value: string }[] {
  return Object.entries(values).flatMap(([token, value]) =>
    [value]
      .flat()
      .filter((one) => name.toLowerCase().includes(one.toLowerCase()))
      .map((one) => ({ token, value: one })),
  );
}

export type Runs = readonly (RunNames | readonly string[])[];

/** The rules of such runs, and the rare ones, as text. */
export function patterns(runs: Runs, op?: string, settings: Partial<Settings> = {}, fold = false) {
  const { shapes, rare } = generalise(groupOf(runs, op, fold), { ...DEFAULTS, ...settings });
  const text = (list: typeof shapes) => list.map(({ pattern }) => printPattern(pattern)).sort();
  return { rules: text(shapes), rare: text(rare) };
}

export const range = (from: number, count: number) => Array.from({ length: count }, (_, at) => from + at);
