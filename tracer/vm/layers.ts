// The layers of VMs on disk: what each VM wrote, apart for learning and for enforcing.
//
//   <state>/layers/<system>-<hash of the system file's path>/<vm>/<learn|enforce>/
//     layer.json   who it belongs to
//     upper/       one folder for each overlay, named for the path it lies at (layer_place.ts)
//     work/        the kernel's; init makes a new one in it for every start
//     lock         held while a VM runs on it
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ShuttleError } from '../../native/contract/problem.js';
import type { Mode } from '../../native/contract/vm.js';
import { handOver } from './hand_over.js';
import type { LayerPlace } from './layer_place.js';
import { heldBy, type Lock, takeLock } from './lock.js';
import { removeTree } from './remove_tree.js';

export type LayerKind = 'learn' | 'enforce';

/** Which layer a run uses. */
export const layerKind = (mode: Mode): LayerKind => (mode === 'enforce' ? 'enforce' : 'learn');

export interface LayerKey {
  /** Absolute path of the system file, or of the program where there is none. */
  systemFile: string;
  vm: string;
  kind: LayerKind;
}

export interface LayerInfo extends LayerKey {
  folder: string;
  /** ISO time it was made. */
  created: string;
  /** Commands of `setup` that were run in it, as JSON; empty before. */
  setup: string;
  /** Process that uses it now, or null. */
  usedBy: number | null;
  /** Nobody uses it, and there is no such system file any more. */
  gone: boolean;
}

/** A layer in use: its place for the plan, until `release`. */
export interface HeldLayer {
  place: LayerPlace;
  folder: string;
  setup: { done(commands: string): boolean; note(commands: string): void };
  /** Writes everything to disk and lets others use it. */
  release(): void;
  /** In place of `release` where nothing ran: a layer that was made for it goes again. */
  abandon(): void;
}

const described = (folder: string): string => join(folder, 'layer.json');
type Description = LayerKey & { created: string; setup: string };

export function layerFolder(state: string, key: LayerKey): string {
  const hash = createHash('sha256').update(key.systemFile).digest('hex').slice(0, 12);
  const system = basename(key.systemFile)
    .replace(/(\.shuttle)?\.ya?ml$/, '')
    .replace(/[^\w.-]/g, '_')
    .slice(0, 40);
  return join(state, 'layers', `${system}-${hash}`, key.vm, key.kind);
}

/** Takes a layer for a run, making it where there is none. Throws VM_IN_USE while another run has it. */
export function holdLayer(state: string, key: LayerKey, owner: { uid: number; gid: number }): HeldLayer {
  const folder = layerFolder(state, key);
  const lock = makeAndLock(folder, key);
  const fresh = !existsSync(described(folder));
  try {
    for (const part of ['upper', 'work'].map((name) => join(folder, name))) {
      const made = mkdirSync(part, { recursive: true, mode: 0o700 });
      if (process.getuid?.() !== 0) continue;
      const before = lstatSync(part);
      if (made) chownSync(part, owner.uid, owner.gid);
      else if (before.uid !== owner.uid) handOver(part, before, owner);
    }
    // The engine shows init this folder as a mount, in which the VM's user must get to the two.
    if (process.getuid?.() === 0) chownSync(folder, owner.uid, owner.gid);
    if (fresh) describe(folder, { ...key, created: new Date().toISOString(), setup: '' });
  } catch (error) {
    lock.release();
    throw unwritable(folder, error);
  }
  const upper = join(folder, 'upper');
  const release = () => {
    // The overlays were mounted `volatile`, so this is when what was written becomes safe. It costs more than a VM's
    // whole life, so what wrote nothing does without.
    if (holdsFiles(upper)) spawnSync('sync', ['-f', folder], { stdio: 'ignore' });
    lock.release();
  };
  clearWork(folder);
  return {
    folder,
    place: { upper, work: join(folder, 'work'), written: readdirSync(upper) },
    setup: {
      done: (commands) => description(folder)?.setup === commands,
      note: (commands) => {
        const now = description(folder);
        if (now) describe(folder, { ...now, setup: commands });
      },
    },
    release,
    abandon: () => {
      if (!fresh) return release();
      removeTree(folder); // and the lock in it
      removeEmpty(dirname(folder), 3);
    },
  };
}

/** A folder that the VM closed to everybody holds something. */
function holdsFiles(upper: string): boolean {
  try {
    return readdirSync(upper).some((name) => readdirSync(join(upper, name)).length > 0);
  } catch {
    return true;
  }
}

/** What the kernel left behind in a layer that nobody uses; seldom, since removing folders is slow on some disks. */
function clearWork(folder: string): void {
  const work = join(folder, 'work');
  const used = readdirSync(work).map((name) => join(work, name));
  if (used.some((one) => readdirSync(one).length > MOST_WORK)) for (const one of used) removeTree(one);
}

const MOST_WORK = 50;

function makeAndLock(folder: string, key: LayerKey): Lock {
  const lock = madeAndLocked(folder, MOST_TRIES);
  if ('holder' in lock) throw new ShuttleError({ code: 'VM_IN_USE', vm: key.vm, pid: lock.holder });
  return lock;
}

const MOST_TRIES = 100;

/** Whoever removes a layer beside this one takes folders away that are still empty. */
function madeAndLocked(folder: string, tries: number): ReturnType<typeof takeLock> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return takeLock(join(folder, 'lock'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && tries > 0) return madeAndLocked(folder, tries - 1);
    throw unwritable(folder, error);
  }
}

/** Every layer there is, by system, VM and kind. */
export function listLayers(state: string): LayerInfo[] {
  const below = (folder: string) => (existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []);
  return below(join(state, 'layers'))
    .flatMap(below)
    .flatMap(below)
    .flatMap((folder) => {
      const known = description(folder);
      if (!known) return [];
      const usedBy = heldBy(join(folder, 'lock'));
      return [{ ...known, folder, usedBy, gone: usedBy === null && !existsSync(known.systemFile) }];
    })
    .sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

/** Takes back everything the VM wrote. `setup` will run again. */
export function resetLayer(layer: LayerInfo): void {
  alone(layer, () => {
    for (const part of ['upper', 'work']) removeTree(join(layer.folder, part));
    describe(layer.folder, { ...key(layer), created: new Date().toISOString(), setup: '' });
  });
}

export function removeLayer(layer: LayerInfo): void {
  alone(layer, () => removeTree(layer.folder));
  removeEmpty(dirname(layer.folder), 3);
}

/** Removes a folder that holds nothing, and those above it that then hold nothing, `levels` of them at most. */
export function removeEmpty(folder: string, levels: number): void {
  try {
    rmdirSync(folder);
  } catch {
    return; // something is in it, or another run was quicker
  }
  if (levels > 1) removeEmpty(dirname(folder), levels - 1);
}

/** Makes `to` what `from` is; what `to` held is gone. The only way from a learning layer to an enforcing one. */
export function copyLayer(state: string, from: LayerInfo, to: LayerKey): void {
  const folder = layerFolder(state, to);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  alone(from, () =>
    alone({ ...to, folder }, () => {
      const fresh = join(folder, 'upper.new');
      removeTree(fresh);
      // cp keeps what the kernel's overlay lives on: devices 0:0, owners, and the user.overlay attributes.
      const copied = spawnSync('cp', ['-a', '--', join(from.folder, 'upper'), fresh], { encoding: 'utf8' });
      if (copied.status !== 0) throw unwritable(folder, { code: copied.stderr.trim() });
      for (const part of ['upper', 'work']) removeTree(join(folder, part));
      renameSync(fresh, join(folder, 'upper'));
      describe(folder, { ...to, created: new Date().toISOString(), setup: description(from.folder)?.setup ?? '' });
    }),
  );
}

/** Runs a task while no VM, and no other command, uses the layer. */
export function alone<T>(layer: { folder: string; vm: string }, task: () => T): T {
  const lock = takeLock(join(layer.folder, 'lock'));
  if ('holder' in lock) throw new ShuttleError({ code: 'VM_IN_USE', vm: layer.vm, pid: lock.holder });
  try {
    return task();
  } finally {
    lock.release();
  }
}

const key = ({ systemFile, vm, kind }: LayerKey): LayerKey => ({ systemFile, vm, kind });

function description(folder: string): Description | null {
  try {
    return JSON.parse(readFileSync(described(folder), 'utf8')) as Description;
  } catch {
    return null;
  }
}

function describe(folder: string, description: Description): void {
  const fresh = `${described(folder)}.new`;
  writeFileSync(fresh, `${JSON.stringify(description)}\n`);
  renameSync(fresh, described(folder));
}

function unwritable(folder: string, error: unknown): ShuttleError {
  return new ShuttleError({
    code: 'LAYER_UNWRITABLE',
    folder,
    error: (error as { code?: string }).code ?? String(error),
  });
}
