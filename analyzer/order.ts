// The order that VMs must start in, read from who reached whom: `after` for the one that reaches out, `ready` for the one
// that is reached.

export interface FirstUse {
  from_vm: string;
  to_vm: string;
  /** `tcp.serve 127.0.0.1:5544`, or null where nothing lasting was served. */
  ready: string | null;
}

export type Order = Record<string, { after: string[]; ready: string | null }>;

/** Takes uses from the surest to the least; one that would close a circle is left out. */
export function orderOf(vms: readonly string[], uses: readonly FirstUse[]): Order {
  const after = new Map([...vms].sort().map((vm) => [vm, new Set<string>()]));
  const ready = new Map<string, string | null>();
  for (const { from_vm: from, to_vm: to, ready: served } of uses) {
    if (!after.has(from) || !after.has(to) || waits(after, to, from)) continue;
    after.get(from)!.add(to);
    ready.set(to, served);
  }
  return Object.fromEntries(
    [...after].map(([vm, first]) => [vm, { after: [...first].sort(), ready: ready.get(vm) ?? null }]),
  );
}

/** Whether `vm` starts after `other`, directly or not. */
export function waits(after: ReadonlyMap<string, ReadonlySet<string>>, vm: string, other: string): boolean {
  const seen = new Set<string>();
  const pending = [vm];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next === other) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    pending.push(...(after.get(next) ?? []));
  }
  return false;
}
