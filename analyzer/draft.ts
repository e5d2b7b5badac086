// A rule to be, before its evidence is counted.
import type { Pattern } from '../native/contract/rules.js';
import { ACCESS, type Access, type Op } from '../native/contract/words.js';
import type { RuleName } from './attribute.js';
import type { Group, Shape, Sighting } from './grammar/names.js';
import { printPattern } from './pattern/text.js';
import type { Evidence, ExistingRule, Rule } from './rule.js';
import { ruleId } from './rule_id.js';

export interface Draft {
  id: string;
  group: Group;
  shape: Shape;
  object: string;
  /** Met once in many runs. */
  rare: boolean;
  /** What its names owe to messages came over this rule, or as an argument. */
  carrier: string | null;
  /** Used while its VM starts, and never later. */
  phase: 'startup' | null;
}

/** A row of the model `support`. */
export interface Support extends Evidence {
  rule: string;
  worked: boolean | null;
  access: number;
  noise: string | null;
  all_noise: boolean;
}

// What a system file can hold of one pattern.
const LONGEST = 32_768;
const MOST_TOKENS = 64;

/** Null for a name too long to be written as a rule. */
export function draftOf(group: Group, shape: Shape, rare: boolean): Draft | null {
  const object = printPattern(shape.pattern);
  if (object.length > LONGEST || tokensIn(shape.pattern) > MOST_TOKENS) return null;
  return { id: idOf(group, object, null, null), group, shape, object, rare, carrier: null, phase: null };
}

const idOf = ({ op, from, to }: Group, object: string, carrier: string | null, phase: Draft['phase']): string =>
  ruleId({ allow: op, from, to, object, carrier, phase });

export const atStartup = (draft: Draft): Draft => ({
  ...draft,
  phase: 'startup',
  id: idOf(draft.group, draft.object, draft.carrier, 'startup'),
});

export const carriedBy = (draft: Draft, carrier: string): Draft => ({
  ...draft,
  carrier,
  id: idOf(draft.group, draft.object, carrier, draft.phase),
});

/** The sightings that the draft stands for, each with its run's id. */
export function sightingsOf({
  group,
  shape,
}: Pick<Draft, 'group' | 'shape'>): { sighting: Sighting; run: string; name: string }[] {
  const byName = namesIn(group);
  return shape.members.map(({ name, run }) => {
    const sighting = byName.get(name)!.find((one) => one.run === run)!;
    return { sighting, run: group.runs[run]!, name };
  });
}

// A group may have many drafts; its names are looked up in one table.
const tables = new WeakMap<Group, ReadonlyMap<string, readonly Sighting[]>>();

function namesIn(group: Group): ReadonlyMap<string, readonly Sighting[]> {
  const known = tables.get(group) ?? new Map(group.names.map(({ name, sightings }) => [name, sightings]));
  tables.set(group, known);
  return known;
}

const tokensIn = (pattern: Pattern): number => pattern.filter((part) => typeof part !== 'string').length;

/** What the draft stands for, as the table `rule_names` holds it. */
export function namesOf(draft: Draft): RuleName[] {
  const { id, group, shape } = draft;
  if (group.op === 'name.pass')
    return sightingsOf(draft).flatMap(({ sighting, run, name }) => originsOf(draft, sighting, run, name));
  return shape.members.map(({ name, run }) => [id, group.runs[run]!, group.from, group.to, group.op, name]);
}

/** What was passed stands in the models as the receiver's own interactions, where no record has a row of it. */
function originsOf({ id, group }: Draft, { origins }: Sighting, run: string, name: string): RuleName[] {
  return (origins ?? [group]).map(({ from, to, op }) => [id, run, from, to, op, name]);
}

export function ruleOf(draft: Draft, support: Support): Rule {
  const { id, group, object, carrier, phase } = draft;
  return {
    id,
    allow: group.op as Op,
    from: group.from,
    to: group.to,
    object,
    ...accessOf(draft, support.access),
    ...(phase === null ? {} : { phase }),
    ...(carrier === null ? {} : { carrier }),
    state: 'proposed',
    needed: needOf(support),
    evidence: evidenceOf(support),
    ...(support.all_noise ? { note: `the ${support.noise}'s own doing` } : {}),
  };
}

/** A person's rule with what the runs say of it; everything else is kept. */
export function supported(rule: ExistingRule, support: Support | undefined): Rule {
  const seen = support === undefined ? {} : { evidence: evidenceOf(support) };
  return { ...rule, needed: rule.needed ?? (support === undefined ? 'unknown' : needOf(support)), ...seen };
}

function evidenceOf({ runs, of, times, first, last }: Support): Evidence {
  return { runs, of, times, first, last };
}

// What never worked was not needed; what was refused, nobody knows.
const needOf = ({ worked }: Support): Rule['needed'] => (worked === null ? 'unknown' : worked ? 'seen' : 'optional');

// Other operations say by their name what they do.
const WITH_ACCESS = /^(memory|registry)\./;

function accessOf(draft: Draft, bits: number): { access?: Access[] } {
  const { op } = draft.group;
  if (op === 'name.pass') return { access: accessOfPasses(draft) };
  if (!WITH_ACCESS.test(op) || bits === 0) return {};
  return { access: (Object.keys(ACCESS) as Access[]).filter((word) => (bits & ACCESS[word]) !== 0) };
}

const PASSED_ACCESS: Record<string, Access> = {
  'file.write': 'write',
  'file.create': 'create',
  'file.delete': 'delete',
};

function accessOfPasses(draft: Pick<Draft, 'group' | 'shape'>): Access[] {
  const ops = new Set(sightingsOf(draft).flatMap(({ sighting }) => (sighting.origins ?? []).map(({ op }) => op)));
  const words = new Set([...ops].map((op) => PASSED_ACCESS[op] ?? 'read'));
  return (Object.keys(ACCESS) as Access[]).filter((word) => words.has(word));
}
