// Builds a base prefix beside its place and moves it there whole.
import { spawnSync } from 'node:child_process';
import {
  chownSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ShuttleError } from '../../native/contract/problem.js';
import type { BaseWanted } from './base.js';
import { forwarderDll } from './forwarder.js';
import { COMMON_SETTINGS, LIBRARIES, registryText } from './recipe.js';
import { versionSettings } from './versions.js';
import { type Prefix, stopWine, wine } from './wine_process.js';

export interface Order extends BaseWanted {
  shelf: string;
  target: string;
  /** A finished base whose files may be shared, or null: from nothing. */
  from: string | null;
  /** Name of the file that says the base is whole. */
  note: string;
}

/** Carries out the order; on any failure nothing is left at `target`. */
export async function buildAside(order: Order): Promise<void> {
  removeLeftovers(order.shelf);
  const aside = join(order.shelf, `.${order.windows}.building`);
  const prefix: Prefix = { wine: order.wine, path: aside, owner: order.owner };
  try {
    ownFolder(aside, order);
    ownFolder(join(aside, 'home'), order);
    if (order.from === null) await step(order, 'wineboot', wine(prefix, 'wineboot', '-i'));
    else fromSibling(order, order.from, aside);
    if (order.from === null) addLibraries(order, aside);
    await writeRegistry(order, prefix);
    await step(order, 'stopping Wine', stopWine(prefix));
    tidy(order, aside);
    renameSync(aside, order.target);
  } catch (error) {
    await stopWine(prefix);
    removeServerFolder(aside);
    rmSync(aside, { recursive: true, force: true });
    throw error;
  }
}

/** Where 32-bit programs run, `system32` is what they call `syswow64`. */
function addLibraries(order: Order, aside: string): void {
  const windows = join(aside, 'drive_c/windows');
  const has32 = existsSync(join(windows, 'syswow64'));
  const folders: [string, 32 | 64][] = [['system32', 64], ...(has32 ? [['syswow64', 32] as [string, 32]] : [])];
  for (const library of LIBRARIES)
    for (const [folder, bits] of folders) {
      const file = join(windows, folder, library.name);
      if (existsSync(file)) continue;
      writeFileSync(file, forwarderDll(library, bits));
      chownIfRoot(file, order);
    }
}

async function writeRegistry(order: Order, prefix: Prefix): Promise<void> {
  const settings = join(prefix.path, 'home', 'settings.reg');
  const common = order.from === null ? COMMON_SETTINGS : {};
  writeFileSync(settings, registryText({ ...common, ...versionSettings(order.windows) }));
  chownIfRoot(settings, order);
  await step(order, 'writing the registry', wine(prefix, 'regedit', '/S', `Z:${settings.replaceAll('/', '\\')}`));
}

/** The files are one with the sibling's, which nobody writes; the registry is a copy. */
function fromSibling(order: Order, from: string, aside: string): void {
  const linked = spawnSync('cp', ['-al', join(from, 'drive_c'), join(from, 'dosdevices'), aside], { encoding: 'utf8' });
  if (linked.status !== 0) fail(order, 'copying', linked.stderr.trim());
  for (const name of readdirSync(from).filter((each) => /\.reg$|^\.update-timestamp$/.test(each))) {
    copyFileSync(join(from, name), join(aside, name));
    chownIfRoot(join(aside, name), order);
  }
}

/** Takes out what points at the host or at this build, and says the base is whole. */
function tidy(order: Order, aside: string): void {
  realFolders(join(aside, 'drive_c/users'), order);
  for (const name of readdirSync(join(aside, 'dosdevices'))) {
    if (name !== 'c:' && name !== 'z:') rmSync(join(aside, 'dosdevices', name));
  }
  removeServerFolder(aside);
  rmSync(join(aside, 'home'), { recursive: true });
  // The base belongs to one Wine: no VM shall find it old and spend seconds on an update.
  writeFileSync(join(aside, '.update-timestamp'), 'disable\n');
  chownIfRoot(join(aside, '.update-timestamp'), order);
  const note = { windows: order.windows, wine: wineVersion(order), user: order.owner.user };
  writeFileSync(join(aside, order.note), `${JSON.stringify(note)}\n`);
}

/** Wine makes Documents and its like links into the home folder; a VM has its own. */
function realFolders(folder: string, order: Order): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const found = lstatSync(path);
    if (found.isSymbolicLink()) {
      rmSync(path);
      ownFolder(path, order);
    } else if (found.isDirectory()) realFolders(path, order);
  }
}

/** Debian's Wine notes in the prefix the name of a folder in /tmp that it made for the server's socket. */
function removeServerFolder(aside: string): void {
  const note = join(aside, 'wineserver');
  if (!existsSync(note)) return;
  const name = readFileSync(note, 'utf8').trim();
  if (/^wine-\w+$/.test(name)) rmSync(join('/tmp', name), { recursive: true, force: true });
  rmSync(note);
}

const wineVersion = (order: Order): string => {
  const said = spawnSync(order.wine.loader, ['--version'], { encoding: 'utf8' }).stdout ?? '';
  return /wine-(\S+)/.exec(said)?.[1] ?? 'unknown';
};

/** What a build that was cut off left behind; the caller holds the lock. */
function removeLeftovers(shelf: string): void {
  for (const name of readdirSync(shelf).filter((each) => each.endsWith('.building'))) {
    rmSync(join(shelf, name), { recursive: true, force: true });
  }
}

function ownFolder(path: string, order: Order): void {
  mkdirSync(path);
  chownIfRoot(path, order);
}

function chownIfRoot(path: string, { owner }: Order): void {
  if (process.getuid?.() === 0) chownSync(path, owner.uid, owner.gid);
}

async function step(order: Order, what: string, done: Promise<string | null>): Promise<void> {
  const complaint = await done;
  if (complaint !== null) fail(order, what, complaint);
}

function fail(order: Order, what: string, error: string): never {
  throw new ShuttleError({ code: 'WINE_BASE_FAILED', windows: order.windows, step: what, error });
}
