// Binding: a piece of a name that equals a variable of its own run (home, user, pid, …) stands for that variable.
// Equal once may be chance: a short value must prove itself by varying together with its variable.
import { foldName } from '../../native/contract/fold.js';
import type { PatternPart } from '../../native/contract/rules.js';
import { TOKENS, type TokenName } from '../../native/contract/words.js';
import { looksVolatile } from './evidence.js';
import type { Group, Sighting } from './names.js';
import { frameOf as frameOfSlots, slotsOf } from './slots.js';

/** A place in a name where some variables' values stand. */
interface Spot {
  start: number;
  end: number;
  tokens: string[];
}

interface Bound {
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

const PATHS = new Set(['home', 'temp']);
// A port is never a pid or a user's number, whatever it equals; it may be one that was given.
const NO_NUMBERS = /^(tcp|udp)\./;
const SHORTEST = 3;

const rank = (token: string): number => TOKENS.indexOf(token as TokenName);
const isDigit = (char: string | undefined): boolean => char !== undefined && char >= '0' && char <= '9';
const isWordChar = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}]/u.test(char);

/** Every name of the group, in every run, with the variables that proved to be in it. */
export function bindGroup(group: Group): BoundName[] {
  const found = group.names.flatMap(({ name, sightings }): Bound[] =>
    common(sightings.map((sighting) => ({ name, sighting, spots: spotsIn(name, sighting, group) }))),
  );
  const chosen = choose(found, group);
  return found.map((one) => ({ name: one.name, sighting: one.sighting, parts: partsOf(one, chosen) }));
}

// Where the same name holds no variable in another run, a constant looked like one.
function common(all: readonly Bound[]): Bound[] {
  const times = new Map<number, number>();
  for (const { spots } of all) for (const { start } of spots) times.set(start, (times.get(start) ?? 0) + 1);
  return all.map((one) => ({ ...one, spots: one.spots.filter(({ start }) => times.get(start) === all.length) }));
}

function spotsIn(name: string, { values }: Sighting, group: Group): Spot[] {
  const fold = (text: string) => (group.fold ? foldName(text) : text);
  const text = fold(name);
  const spots = values.flatMap(({ token, value }) => {
    if (token !== 'given' && NO_NUMBERS.test(group.op) && /^\d+$/.test(value)) return [];
    return occurrences(text, fold(value).replace(/[\\/]+$/, ''), token);
  });
  return withoutOverlap(spots, name.length);
}

function occurrences(text: string, value: string, token: string): Spot[] {
  const spots: Spot[] = [];
  if (value === '') return spots;
  for (let start = text.indexOf(value); start >= 0; start = text.indexOf(value, start + value.length)) {
    const end = start + value.length;
    if (PATHS.has(token) ? isPathEnd(text[end]) : standsAlone(text, start, end))
      spots.push({ start, end, tokens: [token] });
  }
  return spots;
}

const isPathEnd = (after: string | undefined): boolean => after === undefined || after === '/' || after === '\\';

// Digits may touch letters (`conn1234`), never digits; words must stand alone.
function standsAlone(text: string, start: number, end: number): boolean {
  const before = text[start - 1];
  const after = text[end];
  const touches = (inside: string | undefined, outside: string | undefined) =>
    isDigit(inside) ? isDigit(outside) : isWordChar(outside);
  return !touches(text[start], before) && !touches(text[end - 1], after);
}

// The longest value wins a place (`{home}` over `{user}`); equal stretches share it. A shorter stretch that meets a
// longer one has an end within it, so looking at its two ends is enough, and time stays linear.
function withoutOverlap(spots: Spot[], length: number): Spot[] {
  const width = ({ start, end }: Spot) => end - start;
  const sorted = spots.sort(
    (a, b) => width(b) - width(a) || a.start - b.start || rank(a.tokens[0]!) - rank(b.tokens[0]!),
  );
  const owners = new Array<Spot | undefined>(length);
  const kept: Spot[] = [];
  for (const spot of sorted) {
    const owner = owners[spot.start];
    if (owner?.start === spot.start && owner.end === spot.end) owner.tokens.push(...spot.tokens);
    else if (owner === undefined && owners[spot.end - 1] === undefined) {
      owners.fill(spot, spot.start, spot.end);
      kept.push(spot);
    }
  }
  return kept.sort((a, b) => a.start - b.start);
}

/** For each frame (the name around its spots) and spot, the token it stands for, if one is proven. */
type Chosen = ReadonlyMap<string, readonly (string | null)[]>;

const frameOf = ({ name, spots }: Pick<Bound, 'name' | 'spots'>): string => {
  let frame = '';
  let at = 0;
  for (const { start, end } of spots) {
    frame += `${name.slice(at, start)}\u0000`;
    at = end;
  }
  return frame + name.slice(at);
};

function choose(found: readonly Bound[], group: Group): Chosen {
  const { op } = group;
  const frames = new Map<string, Bound[]>();
  for (const one of found) {
    if (one.spots.length === 0) continue;
    const frame = frameOf(one);
    const members = frames.get(frame);
    if (members) members.push(one);
    else frames.set(frame, [one]);
  }
  if (frames.size === 0) return new Map();
  const looks = looksOf(found, op);
  return new Map(
    [...frames].map(([frame, members]) => {
      const chance = isChance(members, looks, op);
      const given = isGivenAlways(members, looks, group);
      return [frame, members[0]!.spots.map((_, place) => (chance ? null : bestToken(members, place, group, given)))];
    }),
  );
}

/** How a name looks when its volatile pieces are left out. */
const lookOf = (name: string, op: string): string => frameOfSlots(slotsOf([name], op, 'coarse'));

/** Names that hold no variable: the runs of each look. */
type Looks = ReadonlyMap<string, ReadonlySet<number>>;

function looksOf(found: readonly Bound[], op: string): Looks {
  const looks = new Map<string, Set<number>>();
  for (const { name, sighting, spots } of found) {
    if (spots.length > 0) continue;
    const look = lookOf(name, op);
    const runs = looks.get(look);
    if (runs) runs.add(sighting.run);
    else looks.set(look, new Set([sighting.run]));
  }
  return looks;
}

/**
 * Whether at least `least` runs, other than `own`, have a name of the members' look with no variable. It stops counting
 * there: ten thousand frames that each look at ten thousand runs would be quadratic.
 */
function othersHave(
  least: number,
  members: readonly Bound[],
  looks: Looks,
  op: string,
  own: ReadonlySet<number> = runsOf(members),
): boolean {
  const others = new Set<number>();
  for (const look of new Set(members.map(({ name }) => lookOf(name, op)))) {
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
function isChance(members: readonly Bound[], looks: Looks, op: string): boolean {
  const own = runsOf(members);
  const isShort = members.every(({ spots }) => spots.every(({ start, end }) => end - start < SHORTEST));
  return othersHave(own.size, members, looks, op, isShort ? new Set() : own);
}

// Where a run went to such a name that nobody had given it, being given is not what lets one go there.
function isGivenAlways(members: readonly Bound[], looks: Looks, { op }: Group): boolean {
  const place = members[0]!.spots.findIndex(({ tokens }) => tokens.includes('given'));
  return place < 0 || !othersHave(1, members, looks, op);
}

function bestToken(members: readonly Bound[], place: number, group: Group, given: boolean): string | null {
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
      : isProven(values.get(token)!) || isLonePid(token, members, place, group),
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

function partsOf(one: Bound, chosen: Chosen): PatternPart[] {
  const tokens = one.spots.length === 0 ? [] : chosen.get(frameOf(one))!;
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
