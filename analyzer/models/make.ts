// Runs the models: each query of a .sql file becomes a table or a view of the file's name.
import type { Database } from '../load/duck.js';
import { sql } from '../sql.js';

// In dependency order. What is as long as the run itself is a view, so that nothing is stored twice.
const KINDS = {
  noise: 'table',
  served: 'table',
  outward: 'view',
  uses: 'table',
  names: 'table',
  bindings: 'view',
  channels: 'view',
  invocations: 'view',
  used_before: 'view',
  rule_rows: 'view',
  support: 'view',
  dependencies: 'view',
  lives: 'view',
  phases: 'view',
  edges: 'view',
  first_uses: 'view',
  incidences: 'view',
  coverage: 'view',
  fresh: 'view',
  blocked: 'view',
  changed: 'view',
} as const;

export type Model = keyof typeof KINDS;

export const MODELS = Object.keys(KINDS) as Model[];

/** Makes `models`, in the order given. */
export async function make(database: Database, models: readonly Model[]): Promise<void> {
  for (const model of models)
    await database.run(`create or replace ${KINDS[model]} ${model} as ${sql(`models/${model}`)}`);
}
