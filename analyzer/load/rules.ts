// The rules of a system file beside the runs: the table `rules`, and the view `rule_rows` with the rows that justify each.
import { attribute } from '../attribute.js';
import { readGroups } from '../grammar/read_groups.js';
import { make } from '../models/make.js';
import { type ExistingRule, opsOf } from '../rule.js';
import { sql } from '../sql.js';
import type { Database } from './duck.js';

/** To be called after `loadRuns`. A row belongs to the rule that decides it, as the engine would. */
export async function loadRules(database: Database, rules: readonly ExistingRule[]): Promise<void> {
  await make(database, ['served', 'outward', 'uses', 'names', 'bindings']);
  const { names } = attribute(await readGroups(database), rules);
  await database.run(sql('load/schema_rules'));
  await database.fill('rule_names', names);
  await database.fill('rules_said', rules.map(said));
  await database.run(sql('load/insert_rules'));
  await make(database, ['rule_rows']);
}

function said(rule: ExistingRule): (string | null)[] {
  const { id, from, to, object, state, needed = null, note = null } = rule;
  return [id, JSON.stringify(opsOf(rule)), from, to, object, state, needed, note];
}
