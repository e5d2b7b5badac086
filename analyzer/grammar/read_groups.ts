// The names of all runs, out of the models and into groups.
import type { Database } from '../load/duck.js';
import { sql } from '../sql.js';
import { copiesAmong } from './copies.js';
import type { Group, SeenName, Sighting } from './names.js';

interface NameRow {
  run: string;
  from_vm: string;
  to_place: string;
  op: string;
  name: string;
  times: number;
  worked: boolean | null;
  access: number;
  noise: string | null;
  first_ts: number | string;
  last_ts: number | string;
  tokens: string[] | null;
  values: string[] | null;
}

/** Groups sorted by from, to and operation; their names sorted; so the order of the runs given does not show. */
export async function readGroups(database: Database): Promise<Group[]> {
  const runsOf = await readRunsOf(database);
  const groups: Group[] = [];
  let names: SeenName[] = [];
  let sightings: Sighting[] = [];
  let last: NameRow | null = null;
  for await (const row of database.each<NameRow>(sql('load/names_in_order'))) {
    if (last === null || !sameGroup(last, row)) {
      names = [];
      groups.push(groupOf(row, runsOf.get(row.from_vm)!, names));
    }
    if (last === null || !sameGroup(last, row) || last.name !== row.name) {
      sightings = [];
      names.push({ name: row.name, sightings });
    }
    sightings.push(sightingOf(row, runsOf.get(row.from_vm)!.places.get(row.run)!));
    last = row;
  }
  const copies = copiesAmong(groups);
  return groups.map((group) => ({ ...group, copies: copiesIn(group.runs, copies) }));
}

function copiesIn(runs: readonly string[], copies: ReadonlyMap<string, string>): Map<number, number> {
  const places = new Map(runs.map((run, place) => [run, place]));
  const found = runs.flatMap((run, place): [number, number][] => {
    const original = copies.get(run);
    return original === undefined ? [] : [[place, places.get(original)!]];
  });
  return new Map(found);
}

const sameGroup = (a: NameRow, b: NameRow): boolean =>
  a.from_vm === b.from_vm && a.to_place === b.to_place && a.op === b.op;

interface VmRuns {
  windows: boolean;
  /** Ids of the runs, with their places. */
  places: ReadonlyMap<string, number>;
}

async function readRunsOf(database: Database): Promise<Map<string, VmRuns>> {
  const rows = await database.all<{ vm: string; windows: boolean; runs: string[] }>(sql('load/runs_of_vms'));
  return new Map(
    rows.map(({ vm, windows, runs }) => [vm, { windows, places: new Map(runs.map((run, at) => [run, at])) }]),
  );
}

// Hosts are compared without case everywhere; socket paths and D-Bus names never are.
const foldsAlways = (op: string): boolean => /^(tcp|udp|dns)\./.test(op);
const foldsNever = (op: string): boolean => /^(unix|dbus)\./.test(op);

function groupOf({ from_vm: from, to_place: to, op }: NameRow, { windows, places }: VmRuns, names: SeenName[]): Group {
  const fold = foldsAlways(op) || (windows && !foldsNever(op));
  return { from, to, op, fold, runs: [...places.keys()], copies: new Map(), names };
}

function sightingOf(row: NameRow, run: number): Sighting {
  return {
    run,
    times: row.times,
    worked: row.worked,
    access: row.access,
    noise: row.noise,
    first: Number(row.first_ts),
    last: Number(row.last_ts),
    values: (row.tokens ?? []).map((token, at) => ({ token, value: row.values![at]! })),
  };
}
