// What a VM's layer changed, named as its programs name it, and where on the host each change would go.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ShuttleError } from '../../native/contract/problem.js';
import { readSystemFile } from '../../policygen/file/parse.js';
import { identityOf } from '../../tracer/session/person.js';
import type { VmDescription } from '../../tracer/session/system.js';
import { type Change, diffLayer } from '../../tracer/vm/layer_diff.js';
import type { LayerInfo } from '../../tracer/vm/layers.js';
import { isAtOrBelow } from '../../tracer/vm/paths.js';
import { stateFolder } from '../../tracer/vm/state.js';
import { standingBase } from '../../tracer/windows/base.js';
import { isWindowsName, toWindows } from '../../tracer/windows/drives.js';
import { DRIVES, PREFIX, placeInVm } from '../../tracer/windows/plan.js';
import { isWindowsVm, ownerOf } from '../../tracer/windows/prepare.js';
import { DEFAULT_WINDOWS } from '../../tracer/windows/versions.js';
import { findWine } from '../../tracer/windows/wine.js';

export interface NamedChange extends Change {
  /** `C:\data\x` in a Windows VM, a hive of its registry by its root; else the path. */
  name: string;
  /** On the VM's own C: or in its registry: the host has no such place. */
  ownDrive: boolean;
}

const C_DRIVE = `${PREFIX}/drive_c`;
const HIVES: Readonly<Record<string, string>> = {
  [`${PREFIX}/system.reg`]: 'HKLM',
  [`${PREFIX}/user.reg`]: 'HKCU',
  [`${PREFIX}/userdef.reg`]: 'HKU\\.Default',
};

/** The changes of a layer; what Wine keeps for itself in a prefix is left out. */
export function changesOf(layer: LayerInfo, file: string): NamedChange[] {
  const member = existsSync(file) ? readSystemFile(file).system.vms.find((vm) => vm.name === layer.vm) : undefined;
  const windows = member !== undefined && isWindowsVm(member);
  const mounts = Object.entries(member?.mounts ?? {}).map(
    ([to, host]) => [windows ? placeInVm(to) : to, host] as const,
  );
  const mountOf = (path: string) =>
    mounts.filter(([to]) => isAtOrBelow(path, to)).sort(([a], [b]) => b.length - a.length)[0];
  const base = windows ? basePath(member) : null;
  const from = (path: string): string => {
    const mount = mountOf(path);
    if (mount) return mount[1] + path.slice(mount[0].length);
    return base !== null && isAtOrBelow(path, PREFIX) ? base + path.slice(PREFIX.length) : path;
  };
  return diffLayer(layer.folder, from)
    .map((change) => ({
      ...change,
      name: nameOf(change.path),
      ownDrive: isAtOrBelow(change.path, PREFIX) && !mountOf(change.path),
    }))
    .filter(({ path, ownDrive }) => !ownDrive || isAtOrBelow(path, C_DRIVE) || path in HIVES);
}

function basePath(vm: VmDescription): string | null {
  const wine = findWine();
  if (wine === null) return null;
  const { person, user } = identityOf(vm.user);
  const wanted = {
    state: stateFolder(),
    wine,
    windows: vm.windows ?? DEFAULT_WINDOWS,
    owner: ownerOf(user, person.name),
  };
  return standingBase(wanted)?.path ?? null;
}

const nameOf = (path: string): string =>
  HIVES[path] ?? (isAtOrBelow(path, C_DRIVE) ? (toWindows(path, DRIVES) ?? path) : path);

/** A path as a person names it on the command line. */
export const meantPath = (path: string): string => (isWindowsName(path) ? placeInVm(path) : resolve(path));

/**
 * The changes that can be brought out: those that have a place on the host, and with `to` also those of the VM's own C:,
 * into that folder. Throws COMMIT_NO_PLACE where one of `only` has none.
 */
export function bringable(
  changes: readonly NamedChange[],
  only: readonly string[] | undefined,
  to?: string,
): NamedChange[] {
  const files = changes.filter(({ path }) => !(path in HIVES));
  const homeless = files.find((one) => one.ownDrive && only?.some((path) => isAtOrBelow(one.path, path)));
  if (homeless && to === undefined) throw new ShuttleError({ code: 'COMMIT_NO_PLACE', path: homeless.name });
  if (to === undefined) return files.filter((one) => !one.ownDrive);
  return files.map((one) => (one.ownDrive ? { ...one, host: join(resolve(to), one.path.slice(C_DRIVE.length)) } : one));
}
