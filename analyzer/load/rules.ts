// The rules of a system file beside the runs: the table `rules`, the view `rule_rows` with the rows that justify
// each, and `phases`, when in its VM's life each was used.
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
  await database.fill('rules_text', rules.map(textsOf));
  await database.run(sql('load/insert_rules'));
  await database.run('drop table rules_text');
  await make(database, ['rule_rows', 'lives', 'phases']);
}

function textsOf(rule: ExistingRule): (string | null)[] {
  const { id, from, to, object, state, needed = null, note = null, carrier = null, phase = null } = rule;
  return [id, JSON.stringify(opsOf(rule)), from, to, object, state, needed, note, carrier, phase];
}
