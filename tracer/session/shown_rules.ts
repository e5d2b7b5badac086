import type { CompiledRule } from '../../native/contract/rules.js';
import type { HostFacts } from '../vm/facts.js';
import type { FileGrant } from '../vm/grants.js';

/** Ids of a VM's rules whose file was there when its mounts were planned, so that they show it already. */
export function shownRules(
  rules: readonly CompiledRule[],
  vm: string,
  grants: readonly FileGrant[],
  kinds: HostFacts['kinds'],
): string[] {
  const shown = new Set(grants.filter((grant) => kinds.get(grant.path) !== undefined).map((grant) => grant.path));
  const literal = (rule: CompiledRule) => rule.object.every((part) => typeof part === 'string');
  return rules
    .filter((rule) => rule.from === vm && rule.to === 'host' && literal(rule) && shown.has(rule.object.join('')))
    .map((rule) => rule.id);
}
