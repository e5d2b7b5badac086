// When in a VM's life a rule is used: only while it starts, only as it ends, or throughout.

/** One run's uses of a rule, and the VM's life in that run, in nanoseconds of the run. */
export interface Stay {
  first: number;
  last: number;
  began: number;
  ended: number;
}

export type Phase = 'startup' | 'end' | 'throughout';

/** How long a VM counts as starting: the engine's own measure (Vm::starting). */
const STARTING = 10e9;
// A life must go on well beyond its start before anything can be said to belong to the start alone.
const LONG = 3 * STARTING;
// By chance, uses at any time of a long life all fall into its first third once in 250 over so many runs.
const RUNS = 5;
const END = 0.05; // of a life

/** Short lives and few runs say nothing, so that what they show is taken to go on throughout. */
export function phaseOf(stays: readonly Stay[]): Phase {
  const long = stays.filter(({ began, ended }) => ended - began >= LONG);
  if (long.length < RUNS || long.length < stays.length) return 'throughout';
  if (long.every(({ last, began }) => last - began < STARTING)) return 'startup';
  return long.every(({ first, began, ended }) => ended - first < END * (ended - began)) ? 'end' : 'throughout';
}
