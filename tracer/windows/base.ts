// The base prefix: Wine's C: drive and registry, built once per user, Wine and Windows version, and from then on only
// read: every VM puts a layer of its own over it. The first takes seconds and some 700 MB; the other Windows versions
// share its files (hard links) and have a registry of their own.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildAside } from './build.js';
import { locked } from './lock.js';
import { RECIPE } from './recipe.js';
import { makeTraversable } from './traverse.js';
import { WINDOWS_VERSIONS, type WindowsVersion } from './versions.js';
import type { WineInstall } from './wine.js';
import type { Owner } from './wine_process.js';

export interface Base {
  /** The prefix on the host: the lower folder of a VM's overlay. */
  path: string;
  windows: WindowsVersion;
  /** Wine's own version, `8.0`. */
  wine: string;
  user: string;
}

export interface BaseWanted {
  /** Shuttle's state folder. */
  state: string;
  wine: WineInstall;
  windows: WindowsVersion;
  owner: Owner;
  /** Told what is being done, for people; not called where the base is there. */
  progress?: (text: string) => void;
}

const NOTE = 'shuttle-base.json';

/** Where bases of this Wine, recipe and owner stand. */
const shelfOf = ({ state, wine, owner }: BaseWanted): string =>
  join(state, 'windows', `${wine.stamp}-${RECIPE}-${owner.uid}-${owner.user}`);

function readBase(path: string): Base | null {
  const note = join(path, NOTE);
  if (!existsSync(note)) return null;
  return { ...(JSON.parse(readFileSync(note, 'utf8')) as Omit<Base, 'path'>), path };
}

/** The base prefix for a Windows version if it has been built. */
export const standingBase = (wanted: BaseWanted): Base | null => readBase(join(shelfOf(wanted), wanted.windows));

/** A finished base of the same shelf whose files can be shared. */
const sibling = (shelf: string): Base | null =>
  WINDOWS_VERSIONS.map((version) => readBase(join(shelf, version))).find((base) => base !== null) ?? null;

/**
 * The base prefix for a Windows version, built if it is not there; where another process is building it, waits.
 * Throws WINE_BASE_FAILED. Whatever ends the build early, no half-made base is ever taken for a whole one.
 */
export async function ensureBase(wanted: BaseWanted): Promise<Base> {
  const shelf = shelfOf(wanted);
  const path = join(shelf, wanted.windows);
  const ready = readBase(path);
  if (ready !== null) return ready;
  const progress = wanted.progress ?? (() => {});
  makeTraversable(shelf, wanted.owner);
  const waiting = () => progress('waiting for another Shuttle that builds the Windows base');
  return locked(join(shelf, 'lock'), waiting, async () => {
    const built = readBase(path);
    if (built !== null) return built;
    const from = sibling(shelf);
    progress(
      from
        ? `deriving Windows base ${wanted.windows} from ${from.windows}`
        : `building Windows base ${wanted.windows} (once)`,
    );
    await buildAside({ ...wanted, shelf, target: path, from: from?.path ?? null, note: NOTE });
    return readBase(path) as Base;
  });
}

/** The bases that stand in a state folder, for `doctor`. */
export function listBases(state: string): Base[] {
  const top = join(state, 'windows');
  if (!existsSync(top)) return [];
  const paths = readdirSync(top).flatMap((shelf) => WINDOWS_VERSIONS.map((version) => join(top, shelf, version)));
  return paths.map(readBase).filter((base) => base !== null);
}
