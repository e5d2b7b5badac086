// Rules from recorded runs: load, ask the models for the names, find their shapes, and count what bears each rule out.
import type { Alternative } from './alternatives.js';
import { type Attribution, attribute } from './attribute.js';
import { adviceOf, type ClassCoverage, type Coverage } from './coverage.js';
import { atStartup, type Draft, draftOf, namesOf, ruleOf, type Support, sightingsOf, supported } from './draft.js';
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
import { phaseOf, type Stay } from './phase.js';
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
  const lives = await readLives(database);
  const drafts = withCarriers(
    attribution.left.flatMap((group) => draftsOf(group, settings, lives)),
    attribution.names,
  );
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
    coverage: await readCoverage(database, runs, relearner),
  };
}

/** What no rule has as it was met may be one that was passed. */
function attributeAll(groups: readonly Group[], rules: readonly ExistingRule[]): Attribution {
  const first = attribute(groups, rules);
  const then = attribute(withPasses(first.left), rules);
  return { names: [...first.names, ...then.names], left: then.left };
}

/** From when to when each VM lived in each run. */
type Lives = ReadonlyMap<string, { began: number; ended: number }>;

async function readLives(database: Database): Promise<Lives> {
  await make(database, ['lives']);
  const rows = await database.all<{ run: string; vm: string; began: number; ended: number }>('from lives');
  return new Map(
    rows.map(({ run, vm, began, ended }) => [`${run} ${vm}`, { began: Number(began), ended: Number(ended) }]),
  );
}

/** The user's life is what counts: of a passed name, the receiver's. */
function inPhase(draft: Draft, lives: Lives): Draft {
  const user = draft.group.op === 'name.pass' ? draft.group.to : draft.group.from;
  const stays = new Map<string, Stay>();
  for (const { sighting, run } of sightingsOf(draft)) {
    const life = lives.get(`${run} ${user}`);
    if (life === undefined) return draft;
    const { first, last } = stays.get(run) ?? sighting;
    stays.set(run, { ...life, first: Math.min(first, sighting.first), last: Math.max(last, sighting.last) });
  }
  return phaseOf([...stays.values()]) === 'startup' ? atStartup(draft) : draft;
}

function draftsOf(group: Group, settings: Settings, lives: Lives): Draft[] {
  const { shapes, rare } = generalise(group, settings);
  const drafts = [
    ...shapes.map((shape) => draftOf(group, shape, false)),
    ...rare.map((shape) => draftOf(group, shape, true)),
  ];
  return drafts
    .filter((draft) => draft !== null)
    .map((draft) => inPhase(draft, lives))
    .sort((a, b) => (a.object < b.object ? -1 : a.object > b.object ? 1 : 0));
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
