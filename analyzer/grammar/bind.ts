// Binding: a piece of a name that equals a variable of its own run (home, user, pid, …) stands for that variable.
// Equal once may be chance: a short value must prove itself by varying together with its variable.
import { foldName } from '../../native/contract/fold.js';
import type { PatternPart } from '../../native/contract/rules.js';
import type { TokenName } from '../../native/contract/words.js';
import { piecesOf } from '../handed/pieces.js';
import { looksVolatile } from './evidence.js';
import { Folders } from './folder_variables.js';
import type { Group, Sighting } from './names.js';
import { frameOf as frameOfSlots, slotsOf } from './slots.js';
import { rank, type Spot, spotsIn } from './spots.js';

export interface Bound {
  name: string;
  sighting: Sighting;
  spots: readonly Spot[];
}

/** One name in one run, with its proven variables in place. */
export interface BoundName {
  name: string;
  sighting: Sighting;
  parts: readonly PatternPart[];
}

const SHORTEST = 3;
const LONGEST_PART = 64;

/** Every name of the group, in every run, with the variables that proved to be in it. */
export function bindGroup(group: Group): BoundName[] {
  const found = group.names.flatMap(({ name, sightings }): Bound[] =>
    common(sightings.map((sighting) => ({ name, sighting, spots: spotsIn(name, sighting, group) }))),
  );
  const proven = withoutMentioned(withoutParts(found, group), group);
  const chosen = choose(proven, group);
  return proven.map((one) => ({ name: one.name, sighting: one.sighting, parts: partsOf(one, chosen, group.op) }));
}

/** Without values amid letters, unless the same letters about them hold other values in other runs: `logann`, `logbob`. */
function withoutParts(found: readonly Bound[], { fold }: Group): readonly Bound[] {
  if (!found.some(({ spots }) => spots.some(({ amid }) => amid))) return found;
  const plain = (text: string) => (fold ? foldName(text) : text);
  const about = (name: string, { start, end, tokens }: Spot): string => {
    const before = /[\p{L}\p{N}]*$/u.exec(name.slice(Math.max(0, start - LONGEST_PART), start))![0];
    const after = /^[\p{L}\p{N}]*/u.exec(name.slice(end, end + LONGEST_PART))![0];
    return [...tokens, plain(before), plain(after)].join('\0');
  };
  const values = new Map<string, Set<string>>();
  for (const { name, spots } of found)
    for (const spot of spots) {
      if (!spot.amid) continue;
      const key = about(name, spot);
      values.set(key, (values.get(key) ?? new Set()).add(plain(name.slice(spot.start, spot.end))));
    }
  const isProven = (name: string, spot: Spot) => !spot.amid || values.get(about(name, spot))!.size > 1;
  return found.map((one) => ({ ...one, spots: one.spots.filter((spot) => isProven(one.name, spot)) }));
}

/**
 * Without given values that are words which names of most runs have anyway: a message that mentions `pipe` hands over no
 * name, and what holds one variable more than its like in other runs would prove nothing of the others.
 */
function withoutMentioned(found: readonly Bound[], { runs, copies }: Group): readonly Bound[] {
  const isGiven = ({ tokens }: Spot) => tokens.every((token) => token === 'given');
  const met = new Map<string, Set<number>>();
  for (const { name, spots } of found)
    for (const spot of spots) if (isGiven(spot)) met.set(name.slice(spot.start, spot.end), new Set());
  if (met.size === 0) return found;
  for (const { name, sighting } of found)
    for (const piece of piecesOf(name)) met.get(piece)?.add(copies.get(sighting.run) ?? sighting.run);
  const isMentioned = (value: string) => {
    const { size } = met.get(value)!;
    return size > 1 && size * 2 > runs.length - copies.size && !looksVolatile([value]);
  };
  return found.map((one) => ({
    ...one,
    spots: one.spots.filter((spot) => !isGiven(spot) || !isMentioned(one.name.slice(spot.start, spot.end))),
  }));
}

// Where the same name holds no variable in another run, a constant looked like one.
function common(all: readonly Bound[]): Bound[] {
  const times = new Map<number, number>();
  for (const { spots } of all) for (const { start } of spots) times.set(start, (times.get(start) ?? 0) + 1);
  return all.map((one) => ({ ...one, spots: one.spots.filter(({ start }) => times.get(start) === all.length) }));
}

/** For each frame (the name around its spots) and spot, the token it stands for, if one is proven. */
type Chosen = ReadonlyMap<string, readonly (string | null)[]>;

// Without what is volatile beside them: a name that is new each time bears out its variable all the same. `unbound` is
// taken for an ordinary piece.
function frameOf({ name, spots }: Pick<Bound, 'name' | 'spots'>, op: string, unbound?: number): string {
  const parts: PatternPart[] = [];
  let at = 0;
  for (const [place, { start, end }] of spots.entries()) {
    if (place === unbound) continue;
    parts.push(name.slice(at, start), SPOT);
    at = end;
  }
  return frameOfSlots(slotsOf([...parts, name.slice(at)], op, 'coarse'));
}

const SPOT: PatternPart = { token: 'given' };

function choose(found: readonly Bound[], group: Group): Chosen {
  const { op } = group;
  const frames = new Map<string, Bound[]>();
  for (const one of found) {
    if (one.spots.length === 0) continue;
    const frame = frameOf(one, op);
    const members = frames.get(frame);
    if (members) members.push(one);
    else frames.set(frame, [one]);
  }
  if (frames.size === 0) return new Map();
  const looks = looksOf(found, op);
  const folders = new Folders(found, group);
  return new Map(
    [...frames].map(([frame, members]) => {
      const chance = isChance(members, looks, (one) => lookOf(one.name, op));
      return [
        frame,
        members[0]!.spots.map((_, place) => {
          const without = (one: Bound) => frameOf(one, op, place);
          if (chance || isChance(members, looks, without, place)) return null;
          const given = !othersHave(1, members, looks, without);
          return bestToken(members, place, group, given, folders);
        }),
      ];
    }),
  );
}

/** How a name looks when its volatile pieces are left out. */
const lookOf = (name: string, op: string): string => frameOfSlots(slotsOf([name], op, 'coarse'));

/** The runs of each look, of names with their variables left out as well. */
type Looks = ReadonlyMap<string, ReadonlySet<number>>;

function looksOf(found: readonly Bound[], op: string): Looks {
  const looks = new Map<string, Set<number>>();
  let [last, look] = ['', ''];
  for (const one of found) {
    // A name's runs follow one another, and most hold no variable.
    if (one.spots.length > 0 || one.name !== last) look = frameOf(one, op);
    last = one.spots.length > 0 ? '' : one.name;
    const runs = looks.get(look);
    if (runs) runs.add(one.sighting.run);
    else looks.set(look, new Set([one.sighting.run]));
  }
  return looks;
}

/**
 * Whether at least `least` runs, other than `own`, have a name that looks as the members would without a variable. It
 * stops counting there: ten thousand frames that each look at ten thousand runs would be quadratic.
 */
function othersHave(
  least: number,
  members: readonly Bound[],
  looks: Looks,
  without: (one: Bound) => string,
  own: ReadonlySet<number> = runsOf(members),
): boolean {
  const others = new Set<number>();
  for (const look of new Set(members.map(without))) {
    for (const run of looks.get(look) ?? []) {
      if (own.has(run)) continue;
      others.add(run);
      if (others.size >= least) return true;
    }
  }
  return false;
}

const runsOf = (members: readonly Bound[]): Set<number> => new Set(members.map(({ sighting }) => sighting.run));

// Where as many runs have a name of this look that holds no variable, it was chance in the others. Of short values, even
// where they are the same runs: those have a list of such values, one of which is the variable's at times.
function isChance(members: readonly Bound[], looks: Looks, without: (one: Bound) => string, place?: number): boolean {
  const own = runsOf(members);
  const isShort = members.every(({ spots }) =>
    spots.every(({ start, end }, at) => end - start < SHORTEST || (place !== undefined && place !== at)),
  );
  return othersHave(own.size, members, looks, without, isShort ? new Set() : own);
}

function bestToken(
  members: readonly Bound[],
  place: number,
  group: Group,
  given: boolean,
  folders: Folders,
): string | null {
  const values = new Map<string, Set<string>>();
  const counts = new Map<string, number>();
  for (const { name, spots } of members) {
    const spot = spots[place]!;
    for (const token of spot.tokens) {
      counts.set(token, (counts.get(token) ?? 0) + 1);
      values.set(token, (values.get(token) ?? new Set()).add(name.slice(spot.start, spot.end)));
    }
  }
  const proven = [...counts.keys()].filter((token) =>
    token === 'given'
      ? given && isProvenGiven(values.get(token)!, members)
      : isProven(values.get(token)!) ||
        folders.alwaysHave(token, members, place) ||
        isLonePid(token, members, place, group),
  );
  proven.sort(
    (a, b) => counts.get(b)! - counts.get(a)! || values.get(b)!.size - values.get(a)!.size || rank(a) - rank(b),
  );
  return proven[0] ?? null;
}

const isProven = (values: ReadonlySet<string>): boolean =>
  values.size > 1 || [...values].every((value) => value.length >= SHORTEST);

// What was given anew each time, or once and does not look like something that was known before.
function isProvenGiven(values: ReadonlySet<string>, members: readonly Bound[]): boolean {
  if (values.size > 1) return true;
  return new Set(members.map(({ sighting }) => sighting.run)).size === 1 && looksVolatile([...values]);
}

// A VM's own pids are short. In one run only, where nothing else can speak, a short one that stands as pids do in names of
// sockets and the like is taken for what it equals; in more runs it must vary.
function isLonePid(token: string, members: readonly Bound[], place: number, { runs, copies, op }: Group): boolean {
  if (runs.length - copies.size > 1 || !token.endsWith('pid') || /^(file|library|registry)\./.test(op)) return false;
  return members.every(({ name, spots }) =>
    /(?:^|[-_/@\\]|(?<!\.so)\.|pid)$/i.test(name.slice(0, spots[place]!.start)),
  );
}

function partsOf(one: Bound, chosen: Chosen, op: string): PatternPart[] {
  const tokens = one.spots.length === 0 ? [] : chosen.get(frameOf(one, op))!;
  const parts: PatternPart[] = [];
  let at = 0;
  for (const [place, { start, end, tokens: possible }] of one.spots.entries()) {
    const token = tokens[place];
    if (token == null || !possible.includes(token)) continue;
    parts.push(one.name.slice(at, start), { token: token as TokenName });
    at = end;
  }
  parts.push(one.name.slice(at));
  return parts.filter((part) => part !== '');
}
