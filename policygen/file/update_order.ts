// Writing into a system file in which order its VMs were found to start. Only where the file says nothing of it: a key
// that is there, be it an empty list, is a person's word.
import { isMap, type YAMLMap } from 'yaml';
import { type Order, waits } from '../../analyzer/order.js';
import type { Fields } from './fields.js';
import type { SystemFile } from './model.js';
import { pairOf } from './nodes.js';
import { checkSystemFile } from './parse.js';
import { type Edit, editMap, splice } from './splice.js';

const MEMBER_KEYS = [
  'program',
  'cwd',
  'user',
  'windows',
  'display',
  'limits',
  'mounts',
  'env',
  'setup',
  'after',
  'ready',
] as const;

/** What was written of one VM. */
export interface Ordered {
  vm: string;
  after?: readonly string[];
  ready?: string;
}

/** The text with `after` and `ready` of the VMs that lack them, and which those are; a circle is never closed. */
export function updateOrder(text: string, order: Order, file = 'system file'): { text: string; added: Ordered[] } {
  const { system, document } = checkSystemFile(text, file);
  const root = document.doc.contents;
  const vms = isMap(root) ? pairOf(root, 'vms')?.value : null;
  if (system === null || !isMap(vms)) return { text, added: [] };
  const memberOf = (vm: string): YAMLMap | null => {
    const member = pairOf(vms, vm)?.value;
    return isMap(member) && member.items.length > 0 ? member : null;
  };
  const added = missing(system, order, (vm, key) => {
    const member = memberOf(vm);
    return member !== null && pairOf(member, key) === null;
  });
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const made = splice(
    text,
    added.flatMap(({ vm, ...keys }) => editsOf(text, memberOf(vm)!, keys as Fields, eol)),
  );
  return checkSystemFile(made, file).system === null ? { text, added: [] } : { text: made, added };
}

function editsOf(text: string, member: YAMLMap, keys: Fields, eol: string): Edit[] {
  const before = member.toJSON() as Fields;
  return editMap(text, member, before, { ...before, ...keys }, MEMBER_KEYS, eol);
}

type Lacks = (vm: string, key: 'after' | 'ready') => boolean;

function missing({ system }: SystemFile, order: Order, lacks: Lacks): Ordered[] {
  const graph = new Map(system.vms.map(({ name, after }) => [name, new Set(after)]));
  const added = new Map<string, Ordered>();
  const note = (vm: string, keys: Omit<Ordered, 'vm'>) => added.set(vm, { vm, ...added.get(vm), ...keys });
  for (const [vm, { after }] of Object.entries(order)) {
    const mine = graph.get(vm);
    if (mine === undefined || !lacks(vm, 'after')) continue;
    for (const other of after) if (graph.has(other) && !waits(graph, other, vm)) mine.add(other);
    if (mine.size > 0) note(vm, { after: [...mine].sort() });
  }
  const awaited = new Set([...graph.values()].flatMap((first) => [...first]));
  for (const vm of awaited) {
    const ready = order[vm]?.ready ?? null;
    if (ready !== null && lacks(vm, 'ready')) note(vm, { ready });
  }
  return [...added.values()].sort((a, b) => (a.vm < b.vm ? -1 : 1));
}
