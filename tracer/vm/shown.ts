// The host's top folders as overlays. An overlay's lower folder must not have other mounts below it where Shuttle is an
// ordinary user (the kernel calls them locked), so such a folder is shown one level down, part by part. Root prepares
// each mount by itself and shows them on top of each other.
import type { MountStep } from '../../native/contract/vm.js';
import type { Entry, HostFacts } from './facts.js';
import type { Layer } from './layer_place.js';
import { isAtOrBelow, isBelow, join, nameOf, parentOf } from './paths.js';
import { NOT_SHOWN, UNSEEN, UNSHOWN_TYPES } from './system_folders.js';

/** More parts than this are not worth a start's time: the folder then shows none of them. */
const MOST_PARTS = 300;

/** Steps that show everything of the host but the base system and what is the VM's own. */
export function showHost(host: HostFacts, layer: Layer): MountStep[] {
  if (host.uid === 0) return showAll(host, layer);
  const top = (host.folders.get('/') ?? []).filter((entry) => !NOT_SHOWN.includes(join('/', entry.name)));
  return top.flatMap((entry) => showEntry(host, layer, '/', entry));
}

/** Root's whole view: one overlay, over it each mount, and the folders of others, since each mount knows one owner. */
function showAll(host: HostFacts, layer: Layer): MountStep[] {
  const all = showFolder(host, layer, '/');
  const shown = new Set(all.map((step) => step.to));
  return [...all, ...host.foreign.filter((path) => !shown.has(path)).map((path) => layer.over(path, [path], true))];
}

/** Shows one folder of the host at the same path. */
export function showFolder(host: HostFacts, layer: Layer, path: string): MountStep[] {
  const mounts = host.mounts.filter(({ at }) => isBelow(at, path) && !UNSEEN.some((one) => isAtOrBelow(at, one)));
  if (host.uid === 0)
    return [layer.over(path, [path], true), ...mounts.flatMap((mount) => showMount(host, layer, mount))];
  if (mounts.length === 0) return [layer.over(path, [path], true)];
  const entries = host.folders.get(path) ?? [];
  if (entries.length > MOST_PARTS) return [{ do: 'folder', to: path, mode: 0o555 }];
  return [{ do: 'folder', to: path, mode: 0o555 }, ...entries.flatMap((entry) => showEntry(host, layer, path, entry))];
}

function showMount(host: HostFacts, layer: Layer, mount: { at: string; type: string }): MountStep[] {
  if (UNSHOWN_TYPES.includes(mount.type)) return [];
  const around = host.folders.get(parentOf(mount.at))?.find((entry) => entry.name === nameOf(mount.at));
  if (around?.kind === 'file') return [{ do: 'bind', to: mount.at, from: mount.at, write: false, optional: true }];
  return around?.kind === 'folder' ? [layer.over(mount.at, [mount.at], true)] : [];
}

function showEntry(host: HostFacts, layer: Layer, folder: string, entry: Entry): MountStep[] {
  const path = join(folder, entry.name);
  const mounted = host.mounts.filter(({ at }) => at === path).at(-1);
  if (mounted && UNSHOWN_TYPES.includes(mounted.type)) return [];
  switch (entry.kind) {
    case 'link':
      return [{ do: 'link', to: path, target: entry.target }];
    case 'file':
      return entry.open ? [{ do: 'bind', to: path, from: path, write: false, optional: true }] : [];
    case 'folder':
      if (!entry.open) return [{ do: 'folder', to: path, mode: 0 }];
      // Nothing is in it, and nothing can be put there: an overlay, which costs time, would show no more.
      if (entry.barren && !mounted) return [{ do: 'folder', to: path, mode: 0o555 }];
      return showFolder(host, layer, path);
    default:
      return []; // a socket or FIFO would be alive, a device is none of the VM's
  }
}
