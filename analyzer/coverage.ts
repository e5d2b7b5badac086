// How sure one can be that the runs showed what there is, in numbers and in plain words.
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

/** One sentence or two on what to do about it. */
export function adviceOf({ runs, complete_runs: complete, classes, heldout }: Omit<Coverage, 'advice'>): string {
  const lost = runs - complete;
  const losses =
    lost === 0
      ? ''
      : ` ${lost} of ${runs} runs ${lost === 1 ? 'is' : 'are'} not complete: record ${lost === 1 ? 'it' : 'them'} again.`;
  return `${moreRuns(runs, classes.all?.unseen_mass ?? 0, heldout)}${losses}`;
}

function moreRuns(runs: number, unseen: number, heldout: HeldOut): string {
  if (runs === 1) return 'One run cannot show what varies: record at least two more.';
  if (unseen === 0) return 'The last runs brought nothing new: more of the same kind are unlikely to.';
  const share = `${(unseen * 100).toFixed(unseen < 0.1 ? 1 : 0)} %`;
  const denials = heldout.denials_per_run ? ` and a new run would meet about ${heldout.denials_per_run} denials` : '';
  // The missing mass falls about as one over the number of runs.
  return `About ${share} of what a run does is still unseen${denials}: ${runs} more runs would halve it.`;
}
