// What must be there before, told: how many things of each kind, and which.
import type { Database } from './load/duck.js';
import { sql } from './sql.js';

/** Dependencies of one kind. */
export interface Needs {
  needed: 'required' | 'optional' | 'missing';
  names: number;
  /** The first by name. */
  first: { vm: string; op: string; name: string }[];
}

/** Reads the model `dependencies`. */
export const readNeeds = (database: Database): Promise<Needs[]> => database.all<Needs>(sql('load/dependencies_told'));
