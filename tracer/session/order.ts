// Which VM starts after which.
import { ShuttleError } from '../../native/contract/problem.js';
import type { VmDescription } from './system.js';

type Member = Pick<VmDescription, 'name' | 'after'>;

/** A round trip in `after`, first name repeated at its end, or null. */
export function findCycle(vms: readonly Member[]): string[] | null {
  const after = new Map(vms.map((vm) => [vm.name, vm.after]));
  const done = new Set<string>();
  const visit = (name: string, path: string[]): string[] | null => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (done.has(name)) return null;
    for (const next of after.get(name) ?? []) {
      const cycle = visit(next, [...path, name]);
      if (cycle) return cycle;
    }
    done.add(name);
    return null;
  };
  for (const vm of vms) {
    const cycle = visit(vm.name, []);
    if (cycle) return cycle;
  }
  return null;
}

/** Throws where `after` or `main` name no VM, or `after` goes round in a circle. */
export function checkOrder(system: { main: string; vms: readonly Member[] }): void {
  const names = new Set(system.vms.map((vm) => vm.name));
  if (!names.has(system.main))
    throw new ShuttleError({ code: 'VM_UNKNOWN', vm: system.main, said: 'main', known: [...names] });
  for (const vm of system.vms)
    for (const name of vm.after)
      if (!names.has(name))
        throw new ShuttleError({ code: 'VM_UNKNOWN', vm: name, said: `after of ${vm.name}`, known: [...names] });
  const cycle = findCycle(system.vms);
  if (cycle) throw new ShuttleError({ code: 'VM_ORDER_CYCLE', cycle });
}
