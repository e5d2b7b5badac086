// From names to patterns. Each step takes only what the runs prove and leaves the rest to the next; what no step takes
// stays literal. One run proves nothing but what is bound to its own variables.
import { type BoundValues, matcher, reaches } from '../pattern/match.js';
import { printPattern } from '../pattern/text.js';
import type { Proof } from './evidence.js';
import { openFamilies } from './families.js';
import { folderFamilies } from './folders.js';
import { byText, type Item, itemsOf } from './items.js';
import { isList, levelsOf } from './levels.js';
import type { Group, Shape } from './names.js';
import { type Family, volatileFamilies } from './volatile.js';

export interface Settings {
  /** New names in later runs above which a set is open. */
  threshold: number;
  /** From so many runs on, a name met in one of them only is rare. */
  rareAmong: number;
  /** Folders and files no pattern may reach. */
  protectedPaths: readonly string[];
}

export const DEFAULTS: Settings = { threshold: 8, rareAmong: 5, protectedPaths: [] };

const PASS_THRESHOLD = 2;

export interface Generalised {
  shapes: Shape[];
  /** Names met once in many runs. */
  rare: Shape[];
}

type Step = (items: readonly Item[], proof: Proof) => Family[];

/** The shapes of a group's names; every name of every run is in exactly one. */
export function generalise(group: Group, settings: Settings = DEFAULTS): Generalised {
  // A passed name is held to its carrier as well: what varies there needs less proof that it goes on to.
  const threshold = group.op === 'name.pass' ? Math.min(PASS_THRESHOLD, settings.threshold) : settings.threshold;
  const proof = { runs: group.runs.length - group.copies.size, threshold };
  const bound = boundValues(group);
  const allowed = ({ pattern }: Family) =>
    !settings.protectedPaths.some((path) => reaches(pattern, bound, path, group.fold));
  let left: readonly Item[] = itemsOf(group);
  const families: Family[] = [];
  const cases: Item[] = [];
  for (const step of proof.runs < 2 ? [] : stepsFor(group.op)) {
    const found = step(left, proof)
      .filter(allowed)
      .flatMap((family) => atItsLevel(family, proof, allowed));
    for (const family of found) families.push(family);
    const taken = new Set(found.flatMap(({ items }) => items));
    const tests = found.map(({ pattern }) => matcher(pattern, bound, group.fold));
    const rest = left.filter((item) => !taken.has(item));
    // What a proven pattern admits asks for no wider one.
    left = rest.filter((item) => !isCaseOf(item, tests));
    for (const item of rest) if (isCaseOf(item, tests)) cases.push(item);
  }
  const [absorbed, alone] = absorb(
    withoutInner(withoutNarrower(families, group), group),
    [...left, ...cases].sort(byText),
    group,
  );
  const isRare = ({ members }: Item) =>
    group.runs.length >= settings.rareAmong && members.every(({ run }) => run === members[0]!.run);
  return {
    shapes: [...absorbed, ...alone.filter((item) => !isRare(item)).map(literal)],
    rare: alone.filter(isRare).map(literal),
  };
}

/** The family at the level that describes it best; none where that is a list of its names. */
function atItsLevel(family: Family, proof: Proof, allowed: (family: Family) => boolean): Family[] {
  for (const { pattern } of levelsOf(family, proof)) {
    if (isList(pattern)) return [];
    const made = { ...family, pattern };
    if (allowed(made)) return [made];
  }
  return [];
}

function stepsFor(op: string): Step[] {
  const steps: Step[] = [
    (items, proof) => volatileFamilies(items, op, 'id', proof),
    (items, proof) => volatileFamilies(items, op, 'fine', proof),
    (items, proof) => volatileFamilies(items, op, 'coarse', proof),
    (items, proof) => openFamilies(items, 'word', proof),
    (items, proof) => openFamilies(items, 'piece', proof),
    (items, proof) => openFamilies(items, 'component', proof),
  ];
  return /^(file|library)\./.test(op) ? [...steps, folderFamilies] : steps;
}

/**
 * A family whose names another one of the same frame admits as well is that one: hex that happened to have no letter
 * among numbers of any width.
 */
function withoutNarrower(families: readonly Family[], group: Group): Family[] {
  const frames = new Map<string, Family[]>();
  for (const family of families) {
    const key = family.pattern.map((part) => (typeof part === 'string' ? part : '\u0002')).join('');
    const known = frames.get(key);
    if (known) known.push(family);
    else frames.set(key, [family]);
  }
  return [...frames.values()].flatMap((alike) =>
    alike.length === 1 ? alike : widestOf(alike, boundValues(group), group),
  );
}

function widestOf(alike: readonly Family[], bound: BoundValues, { fold }: Group): Family[] {
  const kept: { family: Family; admits: (name: string) => boolean }[] = [];
  for (const family of [...alike].sort((a, b) => b.items.length - a.items.length || compare(a.pattern, b.pattern))) {
    const names = family.items.flatMap(({ members }) => members.map(({ name }) => name));
    const wider = kept.find(({ admits }) => names.every(admits));
    if (wider === undefined) kept.push({ family, admits: matcher(family.pattern, bound, fold) });
    else wider.family = { ...wider.family, items: [...wider.family.items, ...family.items].sort(byText) };
  }
  return kept.map(({ family }) => family);
}

const compare = (a: Family['pattern'], b: Family['pattern']): number => (printPattern(a) < printPattern(b) ? -1 : 1);

/**
 * A folder rule, or one for any name, admits what narrower families in it do: saying those as well would make the policy
 * longer and nothing narrower, so their names become the wider one's.
 */
function withoutInner(families: readonly Family[], group: Group): Family[] {
  const wide = families.filter(({ pattern }) => isWide(pattern));
  if (wide.length === 0) return [...families];
  const bound = boundValues(group);
  const tests = wide.map(({ pattern }) => matcher(pattern, bound, group.fold));
  const gained = wide.map((): Item[] => []);
  const outer = families.filter((family) => {
    const at = isWide(family.pattern)
      ? -1
      : tests.findIndex((test) => family.items.every(({ members }) => members.every(({ name }) => test(name))));
    if (at >= 0) gained[at]!.push(...family.items);
    return at < 0;
  });
  return outer.map((family) => {
    const at = wide.indexOf(family);
    return at < 0 ? family : { ...family, items: [...family.items, ...gained[at]!].sort(byText) };
  });
}

const isWide = (pattern: Family['pattern']): boolean =>
  pattern.some((part) => typeof part !== 'string' && (part.token === 'rest' || part.token === 'name'));

const literal = (item: Item): Shape => ({ pattern: item.parts, members: item.members });

type Test = (name: string) => boolean;

/** A name met once that a proven pattern admits is one more case of it. */
const isCaseOf = ({ runs, members }: Item, tests: readonly Test[]): boolean =>
  runs.length === 1 && tests.some((test) => members.every(({ name }) => test(name)));

function absorb(families: readonly Family[], left: readonly Item[], group: Group): [Shape[], Item[]] {
  const shapes = families.map(({ pattern, items }) => ({ pattern, members: items.flatMap(({ members }) => members) }));
  const bound = boundValues(group);
  const tests = families.map(({ pattern }) => matcher(pattern, bound, group.fold));
  const alone = left.filter((item) => {
    const at = tests.findIndex((test) => isCaseOf(item, [test]));
    if (at >= 0) for (const member of item.members) shapes[at]!.members.push(member);
    return at < 0;
  });
  return [merged(shapes), alone];
}

/** Shapes with equal patterns, found by different steps, are one. */
function merged(shapes: readonly Shape[]): Shape[] {
  const byPattern = new Map<string, Shape>();
  for (const shape of shapes) {
    const key = JSON.stringify(shape.pattern);
    const known = byPattern.get(key);
    byPattern.set(key, known ? { ...known, members: [...known.members, ...shape.members] } : shape);
  }
  return [...byPattern.values()];
}

/** All values that a bound token had in the group's runs, or in one of them. */
export function boundValues(group: Group, only?: number): BoundValues {
  const values = new Map<string, Set<string>>();
  for (const { sightings } of group.names) {
    for (const { run, values: held } of sightings) {
      if (only !== undefined && run !== only) continue;
      for (const { token, value } of held) values.set(token, (values.get(token) ?? new Set()).add(value));
    }
  }
  return (token) => [...(values.get(token) ?? [])];
}
