// What the runs of a system did differently: a name that a lab gave them, or else what their programs were told.
import type { Novelty } from './coverage.js';
import type { LoadedRun } from './load/load.js';

/** Runs and rules that one run only met, by scenario, sorted by its name. */
export function scenariosOf(
  runs: readonly LoadedRun[],
  fresh: readonly { run: string; rules: number }[],
): Novelty['scenarios'] {
  const rules = new Map(fresh.map(({ run, rules: count }) => [run, count]));
  const told = runs.map(({ info }) => Object.values(info.vms).flatMap(({ program }) => program.slice(1)));
  const common = (word: string) => told.every((words) => words.includes(word));
  const scenarios = new Map<string, { runs: number; fresh: number }>();
  for (const [at, { info }] of runs.entries()) {
    const named = (info as { scenario?: unknown }).scenario;
    const words = told[at]!.filter((word) => !common(word));
    const scenario = typeof named === 'string' ? named : words.join(' ');
    const known = scenarios.get(scenario) ?? { runs: 0, fresh: 0 };
    scenarios.set(scenario, { runs: known.runs + 1, fresh: known.fresh + (rules.get(info.id) ?? 0) });
  }
  const found = [...scenarios].sort(([a], [b]) => (a < b ? -1 : 1));
  return found.map(([scenario, counts]) => ({ scenario, ...counts })).filter(({ scenario }) => scenario !== '');
}
