// A rule to be, before its evidence is counted.
import type { Pattern } from '../native/contract/rules.js';
import { ACCESS, type Access, type Op } from '../native/contract/words.js';
import type { RuleName } from './attribute.js';
import type { Group, Shape } from './grammar/names.js';
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
  return { id: ruleId({ allow: group.op, from: group.from, to: group.to, object }), group, shape, object, rare };
}

const tokensIn = (pattern: Pattern): number => pattern.filter((part) => typeof part !== 'string').length;

/** What the draft stands for, as the table `rule_names` holds it. */
export function namesOf({ id, group, shape }: Draft): RuleName[] {
  return shape.members.map(({ name, run }) => [id, group.runs[run]!, group.from, group.to, group.op, name]);
}

export function ruleOf({ id, group, object }: Draft, support: Support): Rule {
  return {
    id,
    allow: group.op as Op,
    from: group.from,
    to: group.to,
    object,
    ...accessOf(group.op, support.access),
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

function accessOf(op: string, bits: number): { access?: Access[] } {
  if (!WITH_ACCESS.test(op) || bits === 0) return {};
  return { access: (Object.keys(ACCESS) as Access[]).filter((word) => (bits & ACCESS[word]) !== 0) };
}
