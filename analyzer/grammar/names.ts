// What inference reads: the names one VM used at one place by one operation, and in which runs.
import type { Pattern } from '../../native/contract/rules.js';

/** Over what something came to a VM: the name a channel was opened by, or `argv`. */
export type Via = 'argv' | { from: string; to: string; op: string; name: string };

/** A value of a run that occurs in a name. */
export interface Value {
  token: string;
  value: string;
  /** Of a given value: what brought it. */
  via?: readonly Via[];
}

/** A whole name that another VM handed over before it was looked up. */
export interface Pass {
  sender: string;
  via: readonly Via[];
}

/** Where a sighting stands in the models, if its group says something else. */
export interface Origin {
  from: string;
  to: string;
  op: string;
  times: number;
}

/** One name in one run. */
export interface Sighting {
  /** Index into the group's runs. */
  run: number;
  times: number;
  /** Whether it ever succeeded; null where it was refused, so that nobody knows. */
  worked: boolean | null;
  /** Bits of ACCESS. */
  access: number;
  /** Values of this run that occur in the name: the VM's variables, pids of user and server. */
  values: readonly Value[];
  noise: string | null;
  /** When it was first and last met, in nanoseconds of the run. */
  first: number;
  last: number;
  /** Who handed the name over, where somebody did. */
  passes?: readonly Pass[];
  /** Of a passed name: the interactions that it was met in. */
  origins?: readonly Origin[];
}

export interface SeenName {
  name: string;
  /** In the order of the runs. */
  sightings: readonly Sighting[];
}

export interface Group {
  from: string;
  to: string;
  op: string;
  /** Whether case is ignored in comparing, as for Windows names and hosts. */
  fold: boolean;
  /** Ids of the runs that the VM took part in, in order. */
  runs: readonly string[];
  /** Runs that met exactly the names of an earlier one, with that one: they prove nothing more. */
  copies: ReadonlyMap<number, number>;
  /** Sorted by name. */
  names: readonly SeenName[];
}

/** Which names one pattern stands for, each with the run's index. */
export interface Shape {
  pattern: Pattern;
  members: readonly { name: string; run: number }[];
}
