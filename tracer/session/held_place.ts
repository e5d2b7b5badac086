// The layer a VM uses for one run: the one it always has, one that goes with the run, or none.
import { spawnSync } from 'node:child_process';
import { existsSync, renameSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ShuttleError } from '../../native/contract/problem.js';
import type { VmSpec } from '../../native/contract/vm.js';
import type { LayerPlace } from '../vm/layer_place.js';
import { type HeldLayer, holdLayer, layerKind, removeEmpty } from '../vm/layers.js';
import { removeTree } from '../vm/remove_tree.js';
import { stateFolder } from '../vm/state.js';
import type { RunRequest, System, VmDescription } from './system.js';

export interface HeldPlace {
  place: LayerPlace | null;
  folder: string | null;
  setup: HeldLayer['setup'];
  /** Notes what the layer holds when the program is about to start, where later runs begin from the same. */
  saveStart(): void;
  release(): void;
  /** In place of `release` where nothing ran. */
  abandon(): void;
}

/** What names a system's layers: its file, or where it would be. */
export const layerOwner = (system: System): string =>
  system.file ?? resolve(system.folder, `${system.name}.shuttle.yaml`);

/** Throws VM_IN_USE, LAYER_UNWRITABLE. */
export function holdPlace(vm: VmDescription, request: RunRequest, user: VmSpec['user'], windows: boolean): HeldPlace {
  // Setup and program are lives of their own, and what Wine writes is much: those need a disk.
  if (request.ephemeral && vm.setup.length === 0 && !windows) return NOTHING;
  const passing = request.ephemeral ? `#${process.pid}` : '';
  const key = { systemFile: layerOwner(request.system) + passing, vm: vm.name, kind: layerKind(request.mode) };
  const take = () => holdLayer(stateFolder(), key, user);
  let held = take();
  if (request.again && hasStart(held.folder)) {
    restoreStart(held.folder);
    held.release();
    held = take();
  }
  return {
    place: held.place,
    folder: held.folder,
    setup: held.setup,
    saveStart: () => {
      if (request.more && !hasStart(held.folder)) saveStart(held.folder);
    },
    release: () => {
      if (!request.more) removeTree(startOf(held.folder));
      held.release();
      if (!request.ephemeral) return;
      const vm = dirname(held.folder);
      removeTree(vm);
      removeEmpty(dirname(vm), 2);
    },
    abandon: held.abandon,
  };
}

const NOTHING: HeldPlace = {
  place: null,
  folder: null,
  setup: { done: () => false, note: () => {} },
  saveStart: () => {},
  release: () => {},
  abandon: () => {},
};

const startOf = (folder: string): string => join(folder, 'start');
const hasStart = (folder: string): boolean => existsSync(startOf(folder));

function saveStart(folder: string): void {
  copy(join(folder, 'upper'), `${startOf(folder)}.new`, folder);
  renameSync(`${startOf(folder)}.new`, startOf(folder));
}

function restoreStart(folder: string): void {
  for (const part of ['upper', 'work']) removeTree(join(folder, part));
  copy(startOf(folder), join(folder, 'upper'), folder);
}

/** `cp` keeps owners, devices and the attributes that the kernel's overlay lives on. */
function copy(from: string, to: string, folder: string): void {
  removeTree(to);
  const done = spawnSync('cp', ['-a', '--reflink=auto', '--', from, to], { encoding: 'utf8' });
  if (done.status !== 0) throw new ShuttleError({ code: 'LAYER_UNWRITABLE', folder, error: done.stderr.trim() });
}
