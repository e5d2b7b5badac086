import type { Figure } from './figure.js';
import type { Lab } from './lab.js';

/** What every group of rows is given. */
export interface Bench {
  lab: Lab;
  /** How many rounds where `usual` would be made; the person may have asked for fewer or more. */
  rounds(usual: number): number;
  /** Whether a row was asked for. */
  wanted(name: string): boolean;
  /** Told what takes long. */
  progress(text: string): void;
}

/** Rows that are measured together. */
export interface Group {
  names: readonly string[];
  /** The unit of its rows, for those that cannot be measured. */
  unit: string;
  /** Too long to be measured unless it is asked for by name. */
  onRequest?: boolean;
  measure(bench: Bench): Promise<Figure[]>;
}
