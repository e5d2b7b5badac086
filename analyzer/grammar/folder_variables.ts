// Folders, and other beginnings of names, that are always followed by the same variable (`\\Sessions\\{session}\\…`,
// `job_{pid}_…`): what holds of a beginning need not be proven again for each name that has it.
import { foldName } from '../../native/contract/fold.js';
import type { Bound } from './bind.js';
import type { Group } from './names.js';
import type { Spot } from './spots.js';

interface Folder {
  /** Sightings of names below it. */
  times: number;
  /** By token: sightings whose next part begins with it, and its values there. */
  held: Map<string, { times: number; values: Set<string> }>;
}

const DEEPEST = 32;
const SEPARATORS = /[^\p{L}\p{N}]/gu;
// Stands for a variable in a folder's name.
const HELD = '\u0001';

export class Folders {
  private readonly folders = new Map<string, Folder>();

  constructor(
    found: readonly Bound[],
    private readonly group: Group,
  ) {
    for (const one of found) this.note(one);
  }

  /** Whether everything in the folder that the place is in has the token there, with more than one value. */
  alwaysHave(token: string, members: readonly Bound[], place: number): boolean {
    return members.every((one) => {
      const folder = this.folders.get(this.keyOf(one, one.spots[place]!));
      const held = folder?.held.get(token);
      return held !== undefined && held.times === folder!.times && held.values.size > 1;
    });
  }

  private note(one: Bound): void {
    const { name, spots } = one;
    const ends = [...name.matchAll(SEPARATORS)].slice(0, DEEPEST).map(({ index }) => index + 1);
    for (const end of ends) {
      if (spots.some(({ start, end: after }) => start < end && end < after)) continue;
      const here = spots.find(({ start }) => start === end);
      this.count(this.keyUpTo(one, end), here, name);
    }
  }

  private count(key: string, here: Spot | undefined, name: string): void {
    const folder = this.folders.get(key) ?? { times: 0, held: new Map() };
    this.folders.set(key, folder);
    folder.times++;
    for (const token of new Set(here?.tokens)) {
      const held = folder.held.get(token) ?? { times: 0, values: new Set() };
      folder.held.set(token, held);
      held.times++;
      held.values.add(name.slice(here!.start, here!.end));
    }
  }

  private keyOf(one: Bound, { start }: Spot): string {
    return start > 0 && one.name.slice(start - 1, start).search(SEPARATORS) === 0 ? this.keyUpTo(one, start) : '';
  }

  private keyUpTo({ name, spots }: Bound, end: number): string {
    let key = '';
    let at = 0;
    for (const spot of spots) {
      if (spot.end > end) break;
      key += name.slice(at, spot.start) + HELD;
      at = spot.end;
    }
    key += name.slice(at, end);
    return this.group.fold ? foldName(key) : key;
  }
}
