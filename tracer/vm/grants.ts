// Which files of the host the rules show to a VM from its start. Only what a mount can say is taken here: a literal
// name, for every program, at every time. The rest (free tokens, images, arguments, phases) the engine serves at open
// time; tokens whose value lasts as long as the VM are as good as literals.
import type { CompiledRule, PatternPart, Variables } from '../../native/contract/rules.js';
import { ACCESS } from '../../native/contract/words.js';

export interface FileGrant {
  /** Absolute path, the same in the VM and on the host. */
  path: string;
  /** `list`: the names in a folder, without what is in them. `none`: a reviewer's refusal. */
  access: 'read' | 'write' | 'list' | 'none';
}

const READS = ['file.read', 'library.load', 'program.start'];
const WRITES = ['file.write', 'file.create', 'file.delete'];

/** The rules with what is known before the VM starts put in its tokens' places. */
export function withVariables(rules: readonly CompiledRule[], variables: Variables): CompiledRule[] {
  const known = new Map<string, string>(Object.entries(variables).filter(([, value]) => value !== ''));
  const settled = (part: PatternPart) => (typeof part === 'string' ? part : (known.get(part.token) ?? part));
  return rules.map((rule) => ({ ...rule, object: rule.object.map(settled) }));
}

/** The grants of `vm`, one a path. `place` turns an object's name into a path of the VM, or null where it is none. */
export function fileGrants(
  rules: readonly CompiledRule[],
  vm: string,
  place: (object: string) => string | null = (object) => (object.startsWith('/') ? object : null),
): FileGrant[] {
  const found = new Map<string, FileGrant['access']>();
  for (const rule of rules) {
    if (rule.from !== vm || rule.to !== 'host' || !sayable(rule)) continue;
    const path = place(rule.object.join(''));
    const access = path === null ? null : accessOf(rule);
    if (path !== null && access !== null) found.set(path, stronger(found.get(path), access));
  }
  return [...found].map(([path, access]) => ({ path, access }));
}

const sayable = (rule: CompiledRule): boolean =>
  rule.object.every((part) => typeof part === 'string') && holdsAlways(rule);

/** Whether a rule is for every program, at every time: a mount says nothing else. */
export const holdsAlways = (rule: CompiledRule): boolean =>
  rule.fromImage === null && rule.args === null && rule.phase === null && rule.carrier === null;

function accessOf(rule: CompiledRule): FileGrant['access'] | null {
  const has = (ops: readonly string[]) => rule.ops.some((op) => ops.includes(op));
  if (!rule.allow) return has(['file.read']) ? 'none' : null;
  if (has(WRITES) && (rule.access === 0 || (rule.access & ACCESS.write) !== 0)) return 'write';
  if (has(READS)) return 'read';
  return has(['file.list']) ? 'list' : null;
}

const ORDER: readonly FileGrant['access'][] = ['list', 'read', 'write', 'none'];
const stronger = (a: FileGrant['access'] | undefined, b: FileGrant['access']): FileGrant['access'] =>
  a !== undefined && ORDER.indexOf(a) > ORDER.indexOf(b) ? a : b;
