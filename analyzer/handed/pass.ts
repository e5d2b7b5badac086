// Names that were handed over before they were looked up leave the rules of their operation and become passes: the
// receiver may open what the sender hands over, and nothing wider.
import type { Group, Origin, SeenName, Sighting } from '../grammar/names.js';

const PASSED = 'name.pass';

/** The groups without the names that one sender handed over in every run that met them, and groups of those. */
export function withPasses(groups: readonly Group[]): Group[] {
  const passed = new Map<string, { group: Group; names: Map<string, Map<number, Sighting>> }>();
  const left = groups.map((group) => {
    const kept = group.names.filter((seen) => {
      const sender = senderOf(seen);
      if (sender === null) return true;
      const key = `${sender}\0${group.from}`;
      const to = passed.get(key) ?? { group: groupOf(group, sender), names: new Map() };
      passed.set(key, to);
      add(to.names, seen, group, sender);
      return false;
    });
    return kept.length === group.names.length ? group : { ...group, names: kept };
  });
  const added = [...passed].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { group, names }]) => filled(group, names));
  return [...left, ...added];
}

/** Who handed the name over in all of its runs; the first by name, should there be several. */
function senderOf({ sightings }: SeenName): string | null {
  const senders = sightings[0]?.passes?.map(({ sender }) => sender) ?? [];
  const always = (sender: string) => sightings.every(({ passes }) => passes?.some((pass) => pass.sender === sender));
  return senders.find(always) ?? null;
}

function groupOf({ from, fold, runs, copies }: Group, sender: string): Group {
  return { from: sender, to: from, op: PASSED, fold, runs, copies, names: [] };
}

function add(names: Map<string, Map<number, Sighting>>, seen: SeenName, group: Group, sender: string): void {
  const byRun = names.get(seen.name) ?? new Map<number, Sighting>();
  names.set(seen.name, byRun);
  for (const sighting of seen.sightings) {
    const known = byRun.get(sighting.run);
    const { from, to, op } = group;
    const origin: Origin = { from, to, op, times: sighting.times };
    const passes = sighting.passes!.filter((pass) => pass.sender === sender);
    // What was handed over is the whole name.
    const values = sighting.values.filter(({ token }) => token !== 'given');
    const first = { ...sighting, values, passes, origins: [origin] };
    byRun.set(sighting.run, known === undefined ? first : joined(known, sighting, origin));
  }
}

function joined(a: Sighting, b: Sighting, origin: Origin): Sighting {
  const worked = a.worked === null ? b.worked : a.worked || (b.worked ?? false);
  const times = a.times + b.times;
  const [first, last] = [Math.min(a.first, b.first), Math.max(a.last, b.last)];
  return { ...a, first, last, times, worked, access: a.access | b.access, origins: [...a.origins!, origin] };
}

function filled(group: Group, names: ReadonlyMap<string, ReadonlyMap<number, Sighting>>): Group {
  const sorted = [...names].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...group,
    names: sorted.map(([name, byRun]) => ({ name, sightings: [...byRun.values()].sort((a, b) => a.run - b.run) })),
  };
}
