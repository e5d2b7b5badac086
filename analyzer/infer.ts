// Rules from recorded runs: load, ask the models for the names, find their shapes, and count what bears each rule out.
import type { Alternative } from './alternatives.js';
import { type Attribution, attribute } from './attribute.js';
import { adviceOf, type ClassCoverage, type Coverage } from './coverage.js';
import { type Needs, readNeeds } from './dependencies.js';
import { atStartup, type Draft, draftOf, namesOf, ruleOf, type Support, supported } from './draft.js';
import { DEFAULTS, generalise, type Settings } from './grammar/generalise.js';
import type { Group } from './grammar/names.js';
import { readGroups } from './grammar/read_groups.js';
import { withCarriers } from './handed/carrier.js';
import { withHanded } from './handed/handed.js';
import { withPasses } from './handed/pass.js';
import { holdOut } from './heldout.js';
import { HostFiles } from './host_files.js';
import type { Database } from './load/duck.js';
import { type LoadedRun, loadRuns, systemOf } from './load/load.js';
import { withScratch } from './load/scratch.js';
import { make } from './models/make.js';
import { Namespace } from './namespace.js';
import { type FirstUse, type Order, orderOf } from './order.js';
import { protectedPathsOf } from './protected_paths.js';
import { Relearner } from './relearn.js';
import type { ExistingRule, Rule } from './rule.js';
import { runnersUpOf } from './runners_up.js';
import { scenariosOf } from './scenarios.js';
import { sql } from './sql.js';

export interface InferOptions extends Partial<Settings> {
  /** Rules that stand in the system file: what accepted and refused ones match is not proposed again. */
  existing?: readonly ExistingRule[];
}

/** What `infer --json` prints (design, section 8). */
export interface Inference {
  /** Accepted rules of the system file with their evidence, then what is proposed. */
  rules: Rule[];
  /** Proposals kept apart: met in one of many runs only. */
  rare: Rule[];
  alternatives: Record<string, Alternative[]>;
  order: Order;
  /** For people; `--json` leaves it to `query`. */
  needs: Needs[];
  coverage: Coverage;
}

/**
 * The rules that recorded runs of one system need. The same runs give the same answer in whatever order they come.
 * Throws what `loadRuns` throws, and RUNS_MIXED.
 */
export async function inferRules(folders: readonly string[], options: InferOptions = {}): Promise<Inference> {
  return withScratch(folders, async (database) => {
    const runs = await loadRuns(database, folders, { tables: ['interactions', 'processes'] });
    systemOf(runs);
    const settings = { ...DEFAULTS, protectedPaths: protectedPathsOf(runs), ...options };
    await database.fill(
      'protected_paths',
      settings.protectedPaths.map((path) => [path]),
    );
    await make(database, ['served', 'outward', 'uses', 'names', 'bindings']);
    return infer(database, runs, options.existing ?? [], settings);
  });
}

async function infer(
  database: Database,
  runs: readonly LoadedRun[],
  existing: readonly ExistingRule[],
  settings: Settings,
): Promise<Inference> {
  // Earlier proposals are found anew, with all that is known by now.
  const decided = existing.filter(({ state }) => state !== 'proposed');
  const groups = await withHanded(database, runs, await readGroups(database));
  const attribution = attributeAll(groups, decided);
  const found = attribution.left.flatMap((group) => draftsOf(group, settings));
  const drafts = withCarriers(await inPhases(database, found), attribution.names);
  const support = await countSupport(database, attribution, drafts);
  const relearner = new Relearner(
    attribution.left,
    runs.map(({ info }) => info.id),
    settings,
  );
  const rulesOf = (rare: boolean) =>
    drafts.filter((draft) => draft.rare === rare).map((draft) => ruleOf(draft, support.get(draft.id)!));
  const accepted = decided
    .filter(({ state }) => state === 'accepted')
    .map((rule) => supported(rule, support.get(rule.id)));
  return {
    rules: [...accepted, ...rulesOf(false)],
    rare: rulesOf(true),
    alternatives: await alternativesFor(database, drafts, relearner),
    order: await readOrder(database, runs),
    needs: await readNeeds(database),
    coverage: await readCoverage(database, runs, relearner),
  };
}

/** What no rule has as it was met may be one that was passed. */
function attributeAll(groups: readonly Group[], rules: readonly ExistingRule[]): Attribution {
  const first = attribute(groups, rules);
  const then = attribute(withPasses(first.left), rules);
  return { names: [...first.names, ...then.names], left: then.left };
}

function draftsOf(group: Group, settings: Settings): Draft[] {
  const { shapes, rare } = generalise(group, settings);
  const drafts = [
    ...shapes.map((shape) => draftOf(group, shape, false)),
    ...rare.map((shape) => draftOf(group, shape, true)),
  ];
  return drafts
    .filter((draft) => draft !== null)
    .sort((a, b) => (a.object < b.object ? -1 : a.object > b.object ? 1 : 0));
}

/** What is used at the start only says so; what is used at the end only, no rule can say. */
async function inPhases(database: Database, drafts: readonly Draft[]): Promise<Draft[]> {
  await database.run(sql('load/schema_rules'));
  await database.fill('rule_names', drafts.flatMap(namesOf));
  await make(database, ['lives', 'phases']);
  const rows = await database.all<{ rule: string; phase: string }>('from phases');
  const early = new Set(rows.filter(({ phase }) => phase === 'startup').map(({ rule }) => rule));
  return drafts.map((draft) => (early.has(draft.id) ? atStartup(draft) : draft));
}

async function countSupport(
  database: Database,
  { names }: Attribution,
  drafts: readonly Draft[],
): Promise<Map<string, Support>> {
  await database.run(sql('load/schema_rules'));
  await database.fill('rule_names', [...names, ...drafts.flatMap(namesOf)]);
  await make(database, ['support', 'incidences']);
  const rows = await database.all<Support>('from support');
  return new Map(rows.map((row) => [row.rule, row]));
}

/** What else each rule could have been, and its price. */
async function alternativesFor(
  database: Database,
  drafts: readonly Draft[],
  relearner: Relearner,
): Promise<Record<string, Alternative[]>> {
  const every = await database.all<{ name: string }>(sql('load/every_name'));
  const files = new HostFiles(relearner.settings.protectedPaths);
  return runnersUpOf(
    drafts,
    new Namespace(
      every.map(({ name }) => name),
      files,
    ),
    relearner,
  );
}

async function readOrder(database: Database, runs: readonly LoadedRun[]): Promise<Order> {
  await make(database, ['dependencies', 'edges', 'first_uses']);
  const vms = [...new Set(runs.flatMap(({ info }) => Object.keys(info.vms)))];
  return orderOf(vms, await database.all<FirstUse>('from first_uses'));
}

// A run with losses never counts as complete, whatever it says.
const isComplete = ({ info }: LoadedRun): boolean =>
  info.complete && Object.values(info.ledger).every(({ lost }) => lost === 0);

async function readCoverage(database: Database, runs: readonly LoadedRun[], relearner: Relearner): Promise<Coverage> {
  await make(database, ['coverage', 'fresh']);
  const rows = await database.all<ClassCoverage & { class: string; halving: number | null }>(
    'from coverage order by class',
  );
  const counted = {
    runs: runs.length,
    complete_runs: runs.filter(isComplete).length,
    classes: Object.fromEntries(
      rows.map(({ class: kind, seen, unseen_mass, low, high }) => [kind, { seen, unseen_mass, low, high }]),
    ),
    heldout: holdOut(relearner),
  };
  const halving = rows.find((row) => row.class === 'all')?.halving ?? null;
  const fresh = await database.all<{ run: string; rules: number }>('from fresh');
  return { ...counted, advice: adviceOf(counted, { halving, scenarios: scenariosOf(runs, fresh) }) };
}
