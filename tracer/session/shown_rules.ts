import type { CompiledRule } from '../../native/contract/rules.js';
import type { HostFacts } from '../vm/facts.js';
import type { FileGrant } from '../vm/grants.js';

/**
 * Ids of a VM's rules whose file was there when its mounts were planned, so that they show it already. `place` turns an
 * object's name into a path of the VM, as it did for the grants.
 */
export function shownRules(
  rules: readonly CompiledRule[],
  vm: string,
  grants: readonly FileGrant[],
  kinds: HostFacts['kinds'],
  place: (object: string) => string | null,
): string[] {
  const shown = new Set(grants.filter((grant) => kinds.get(grant.path) !== undefined).map((grant) => grant.path));
  const isShown = (rule: CompiledRule) => shown.has(place(rule.object.join('')) ?? '');
  const literal = (rule: CompiledRule) => rule.object.every((part) => typeof part === 'string');
  return rules
    .filter((rule) => rule.from === vm && rule.to === 'host' && literal(rule) && isShown(rule))
    .map((rule) => rule.id);
}
