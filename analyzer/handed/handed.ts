// What was handed over: values and whole names that a VM looked up after a message or an argument had brought them.
import type { Group, Pass, Sighting, Value, Via } from '../grammar/names.js';
import type { Database } from '../load/duck.js';
import type { LoadedRun } from '../load/load.js';
import { make } from '../models/make.js';
import { readingsOfText } from './decode.js';
import { type Channel, messagesOf } from './messages.js';
import { type Hit, type Wanted, WantedNames } from './wanted.js';

interface ChannelRow extends Channel {
  run: string;
  channel: number;
}

interface InvocationRow {
  run: string;
  ts: number | string;
  vm: string;
  peer: string;
  name: string;
  detail: string;
}

/** The groups with what their names owe to messages: given values and passes. */
export async function withHanded(
  database: Database,
  runs: readonly LoadedRun[],
  groups: readonly Group[],
): Promise<Group[]> {
  await make(database, ['channels', 'invocations', 'used_before']);
  const channels = await readChannels(database);
  const invocations = await readInvocations(database);
  if (channels.size === 0 && invocations.size === 0) return [...groups];
  const known = new Set(
    groups.flatMap(({ from, to, op, names }) => names.map(({ name }) => viaKey({ from, to, op, name }))),
  );
  const hits: { run: string; hit: Hit }[] = [];
  const asked = namesByRun(groups);
  for (const { folder, info } of runs) {
    const opened = channels.get(info.id) ?? new Map();
    const said = invocations.get(info.id) ?? [];
    if (opened.size === 0 && said.length === 0) continue;
    const wanted = wantedOf(asked.get(info.id) ?? []);
    const hear = (message: Parameters<WantedNames['hear']>[0]) => {
      for (const hit of wanted.hear(message)) if (isRuled(hit, known)) hits.push({ run: info.id, hit });
    };
    for (const message of messagesOf(folder, opened, (vm) => wanted.listens(vm))) hear(message);
    for (const { vm, peer, ts, name, detail } of said)
      hear({ channel: 'argv', sender: vm, receiver: peer, ts: Number(ts), texts: [...textsIn(detail), name] });
  }
  return attach(groups, await owned(database, hits));
}

const viaKey = (via: Exclude<Via, 'argv'>): string => `${via.from}\0${via.to}\0${via.op}\0${via.name}`;

/** What comes over a channel counts if there is a rule for the channel. */
function isRuled({ via }: Hit, known: ReadonlySet<string>): boolean {
  return via === 'argv' || known.has(viaKey({ from: via.vm, to: via.peer, op: via.op, name: via.name }));
}

async function readChannels(database: Database): Promise<Map<string, Map<number, Channel>>> {
  const channels = new Map<string, Map<number, Channel>>();
  for await (const { run, channel, ...rest } of database.each<ChannelRow>('from channels')) {
    const opened = channels.get(run) ?? new Map<number, Channel>();
    channels.set(run, opened.set(channel, rest));
  }
  return channels;
}

async function readInvocations(database: Database): Promise<Map<string, InvocationRow[]>> {
  const said = new Map<string, InvocationRow[]>();
  for await (const row of database.each<InvocationRow>('from invocations')) {
    const rows = said.get(row.run);
    if (rows) rows.push(row);
    else said.set(row.run, [row]);
  }
  return said;
}

/** All texts within a JSON value, in every reading. */
export function textsIn(detail: string): string[] {
  const texts: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value === 'string') texts.push(...readingsOfText(value));
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
  };
  try {
    walk(JSON.parse(detail));
  } catch {
    texts.push(...readingsOfText(detail)); // cut off by the recorder's bound
  }
  return texts;
}

/** One pass over all names, however many runs there are. */
function namesByRun(groups: readonly Group[]): Map<string, Wanted[]> {
  const byRun = new Map<string, Wanted[]>();
  for (const group of groups)
    for (const seen of group.names)
      for (const sighting of seen.sightings) {
        const run = group.runs[sighting.run]!;
        const known = byRun.get(run);
        if (known) known.push({ group, seen, sighting });
        else byRun.set(run, [{ group, seen, sighting }]);
      }
  return byRun;
}

function wantedOf(names: readonly Wanted[]): WantedNames {
  const wanted = new WantedNames();
  for (const name of names) wanted.add(name);
  return wanted;
}

/** A VM hands over what is its own, or another's that it used itself before. */
async function owned(database: Database, all: readonly { run: string; hit: Hit }[]): Promise<Hit[]> {
  const isOwn = ({ value, wanted, sender }: Hit) => value !== null || wanted.group.to === sender;
  const strange = all.filter(({ hit }) => !isOwn(hit) && !['host', 'net'].includes(hit.sender));
  if (strange.length === 0) return all.map(({ hit }) => hit).filter(isOwn);
  await database.run('delete from handed_names');
  const names = new Set(strange.map(({ run, hit }) => JSON.stringify([run, hit.sender, hit.wanted.seen.name])));
  await database.fill(
    'handed_names',
    [...names].map((text) => JSON.parse(text)),
  );
  const used = new Map<string, number>();
  for (const row of await database.all<{ run: string; vm: string; name: string; ts: number }>('from used_before'))
    used.set(JSON.stringify([row.run, row.vm, row.name]), Number(row.ts));
  const wasUsed = ({ run, hit }: { run: string; hit: Hit }) => {
    const { seen, sighting } = hit.wanted;
    return (used.get(JSON.stringify([run, hit.sender, seen.name])) ?? Number.POSITIVE_INFINITY) <= sighting.first;
  };
  return all.filter((one) => isOwn(one.hit) || wasUsed(one)).map(({ hit }) => hit);
}

const viaOf = ({ via }: Hit): Via =>
  via === 'argv' ? via : { from: via.vm, to: via.peer, op: via.op, name: via.name };

function attach(groups: readonly Group[], hits: readonly Hit[]): Group[] {
  const bySighting = new Map<Sighting, Hit[]>();
  for (const hit of hits) {
    const { sighting } = hit.wanted;
    bySighting.set(sighting, [...(bySighting.get(sighting) ?? []), hit]);
  }
  if (bySighting.size === 0) return [...groups];
  const isHanded = ({ sightings }: { sightings: readonly Sighting[] }) => sightings.some((one) => bySighting.has(one));
  return groups.map((group) =>
    group.names.some(isHanded)
      ? {
          ...group,
          names: group.names.map((seen) =>
            isHanded(seen)
              ? { ...seen, sightings: seen.sightings.map((one) => handed(one, bySighting.get(one) ?? [])) }
              : seen,
          ),
        }
      : group,
  );
}

function handed(sighting: Sighting, hits: readonly Hit[]): Sighting {
  const values = new Map<string, Via[]>();
  const passes = new Map<string, Via[]>();
  for (const hit of hits) {
    const [to, key] = hit.value === null ? [passes, hit.sender] : [values, hit.value];
    to.set(key, [...(to.get(key) ?? []), viaOf(hit)]);
  }
  const given = [...values].map(([value, via]): Value => ({ token: 'given', value, via }));
  const passed = [...passes].map(([sender, via]): Pass => ({ sender, via }));
  return {
    ...sighting,
    values: [...sighting.values, ...given.sort((a, b) => (a.value < b.value ? -1 : 1))],
    ...(passed.length === 0 ? {} : { passes: passed.sort((a, b) => (a.sender < b.sender ? -1 : 1)) }),
  };
}
