// A rule's id: readable words of what it says, then eight hex digits of what it is. It depends on the rule alone, never
// on its neighbours, so it stays the same whatever else is learnt, and two rules that differ have different ids.
import { createHash } from 'node:crypto';

/** The keys that make a rule this rule. State, need, evidence, access and notes may change; the rule stays itself. */
export interface RuleIdentity {
  allow: string | readonly string[];
  from: string;
  to: string;
  object: string;
  args?: readonly string[] | null | undefined;
  operation?: string | null | undefined;
  message?: string | null | undefined;
  title?: string | null | undefined;
  carrier?: string | null | undefined;
  phase?: string | null | undefined;
}

/** `app-db-tcp-connect-1f0c22ab`: from, to, operation (`any` for several), hash. Only `a-z`, `0-9` and `-`. */
export function ruleId(rule: RuleIdentity): string {
  const ops = typeof rule.allow === 'string' ? [rule.allow] : [...new Set(rule.allow)].sort();
  const words = [rule.from, rule.to, ops.length === 1 ? ops[0]! : 'any'].map(slug).filter((word) => word !== '');
  return [...words, hash(ops, rule)].join('-');
}

function hash(ops: readonly string[], rule: RuleIdentity): string {
  const optional = [rule.args, rule.operation, rule.message, rule.title, rule.carrier, rule.phase];
  const identity = [ops, rule.from, rule.to, rule.object, ...optional.map((value) => value ?? null)];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 8);
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 32);
}
