// How sure one can be that the runs showed what there is, in numbers and in plain words.
import { count } from '../native/contract/count.js';
import type { HeldOut } from './heldout.js';

export interface ClassCoverage {
  seen: number;
  /** Share of a next run's rules that no run has shown (Good–Turing). */
  unseen_mass: number;
  /** 95 % interval of how many rules there are in all (Chao2); the upper end is unknown after one run. */
  low: number;
  high: number | null;
}

export interface Coverage {
  runs: number;
  complete_runs: number;
  /** By class, and `all`. */
  classes: Record<string, ClassCoverage>;
  heldout: HeldOut;
  advice: string;
}

/** What advice is given on, beside what is printed. */
export interface Novelty {
  /** More runs that would halve what is unseen; null where nothing is known to be. */
  halving: number | null;
  /** Rules that one run only met, by what the runs did; runs of each. */
  scenarios: readonly { scenario: string; runs: number; fresh: number }[];
}

/** One sentence or two on what to do about it. */
export function adviceOf(coverage: Omit<Coverage, 'advice'>, novelty: Novelty): string {
  const { runs, complete_runs: complete, classes, heldout } = coverage;
  const sentences = [
    moreRuns(runs, classes.all?.unseen_mass ?? 0, heldout, novelty.halving),
    newestScenario(novelty.scenarios),
    losses(runs, runs - complete),
  ];
  return sentences.filter((one) => one !== '').join(' ');
}

function losses(runs: number, lost: number): string {
  if (lost === 0) return '';
  return `${lost} of ${runs} runs ${lost === 1 ? 'is' : 'are'} not complete: record ${lost === 1 ? 'it' : 'them'} again.`;
}

function moreRuns(runs: number, unseen: number, heldout: HeldOut, halving: number | null): string {
  if (runs === 1) return 'One run cannot show what varies: record at least two more.';
  if (unseen === 0) return 'The last runs brought nothing new: more of the same kind are unlikely to.';
  const share = `${(unseen * 100).toFixed(unseen < 0.1 ? 1 : 0)} %`;
  const denials = heldout.denials_per_run ? ` and a new run would meet about ${heldout.denials_per_run} denials` : '';
  const more = halving ?? runs;
  return `About ${share} of what a run does is still unseen${denials}: ${count(more, 'more run')} would halve it.`;
}

/** The scenario that still brings most, where runs did different things. */
function newestScenario(scenarios: Novelty['scenarios']): string {
  const rate = ({ fresh, runs }: Novelty['scenarios'][number]) => fresh / runs;
  const [most] = [...scenarios].sort((a, b) => rate(b) - rate(a) || (a.scenario < b.scenario ? -1 : 1));
  if (scenarios.length < 2 || most === undefined || most.fresh === 0) return '';
  return `Scenario \`${most.scenario}\` still brings new ones.`;
}
