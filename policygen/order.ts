// In what order the VMs of a system come up.
import type { VmDescription } from '../tracer/session/system.js';

type Member = Pick<VmDescription, 'name' | 'after'>;

/** Names of VMs, each after those that it waits for, otherwise in the file's order. `after` must not go in a circle. */
export function startOrder(vms: readonly Member[]): string[] {
  const order: string[] = [];
  const waiting = [...vms];
  while (waiting.length > 0) {
    const next = waiting.findIndex((vm) => vm.after.every((name) => order.includes(name)));
    if (next < 0) throw new Error('after goes in a circle, which the parser refuses');
    order.push(waiting[next]!.name);
    waiting.splice(next, 1);
  }
  return order;
}
