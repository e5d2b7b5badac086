// Rules from recorded runs: load, ask the models for the names, find their shapes, and count what bears each rule out.
import { ACCESS, type Access, type Op } from '../native/contract/words.js';
import { literalShapes } from './grammar/literal.js';
import type { Group, Shape } from './grammar/names.js';
import { readGroups } from './grammar/read_groups.js';
import { Database } from './load/duck.js';
import { loadRuns, systemOf } from './load/load.js';
import { make } from './models/make.js';
import { printPattern } from './pattern/text.js';
import type { ExistingRule, Rule } from './rule.js';
import { ruleId } from './rule_id.js';
import { sql } from './sql.js';

export interface InferOptions {
  /** Rules that stand in the system file. Accepted ones keep their names to themselves, refused ones as well. */
  existing?: readonly ExistingRule[];
  /** Folders and files that no rule may reach. */
  protectedPaths?: readonly string[];
}

export interface Inference {
  rules: Rule[];
}

/**
 * The rules that recorded runs of one system need, with what else `infer --json` prints (design, section 8). The same
 * runs give the same answer in whatever order they come. Throws what `loadRuns` throws, and RUNS_MIXED.
 */
export async function inferRules(folders: readonly string[], options: InferOptions = {}): Promise<Inference> {
  const database = await Database.open();
  try {
    systemOf(await loadRuns(database, folders, { tables: ['interactions', 'processes'] }));
    await database.fill('protected_paths', (options.protectedPaths ?? []).map((path) => [path]));
    await make(database, ['served', 'outward', 'names', 'bindings']);
    return await infer(database);
  } finally {
    database.close();
  }
}

/** A rule to be, before its evidence is counted. */
interface Draft {
  id: string;
  group: Group;
  shape: Shape;
  object: string;
}

async function infer(database: Database): Promise<Inference> {
  const drafts = (await readGroups(database)).flatMap(draftsOf);
  await database.run(sql('load/schema_rules'));
  await database.fill('rule_names', drafts.flatMap(rowsOf));
  await make(database, ['rule_rows', 'support']);
  const support = await readSupport(database);
  return { rules: drafts.map((draft) => ruleOf(draft, support.get(draft.id)!)) };
}

function draftsOf(group: Group): Draft[] {
  return literalShapes(group).map((shape) => {
    const object = printPattern(shape.pattern);
    return { id: ruleId({ allow: group.op, from: group.from, to: group.to, object }), group, shape, object };
  });
}

function rowsOf({ id, group, shape }: Draft): string[][] {
  return shape.members.map(({ name, run }) => [id, group.runs[run]!, group.from, group.to, group.op, name]);
}

interface Support {
  rule: string;
  runs: number;
  of: number;
  times: number;
  first: string;
  last: string;
  worked: boolean | null;
  access: number;
  noise: string | null;
  all_noise: boolean;
}

async function readSupport(database: Database): Promise<Map<string, Support>> {
  const rows = await database.all<Support>('from support');
  return new Map(rows.map((row) => [row.rule, row]));
}

function ruleOf({ id, group, object }: Draft, support: Support): Rule {
  const { runs, of, times, first, last } = support;
  return {
    id,
    allow: group.op as Op,
    from: group.from,
    to: group.to,
    object,
    ...accessOf(group.op, support.access),
    state: 'proposed',
    needed: support.worked === null ? 'unknown' : support.worked ? 'seen' : 'optional',
    evidence: { runs, of, times, first, last },
    ...(support.all_noise ? { note: `${support.noise}'s own doing` } : {}),
  };
}

// Other operations say by their name what they do.
const WITH_ACCESS = /^(memory|registry)\./;

function accessOf(op: string, bits: number): { access?: Access[] } {
  if (!WITH_ACCESS.test(op) || bits === 0) return {};
  return { access: (Object.keys(ACCESS) as Access[]).filter((word) => (bits & ACCESS[word]) !== 0) };
}
