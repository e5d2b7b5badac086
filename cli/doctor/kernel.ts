// What the kernel lets this user do, each tried as Shuttle would.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, statfsSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { addon } from '../../native/engine.js';
import type { KernelAbilities } from '../../native/kernel.js';
import { namespacesNeed } from '../../tracer/vm/namespaces.js';
import { removeTree } from '../../tracer/vm/remove_tree.js';
import { madeInState, stateFolder } from '../../tracer/vm/state.js';
import type { Finding } from './examine.js';

const read = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
};

export function userNamespaces(): Finding {
  const name = 'user namespaces';
  const tried = spawnSync('unshare', ['-Urmpfin', 'true'], { encoding: 'utf8' });
  if (tried.status === 0) return { name, state: 'good', says: 'a VM can be made by this user', mend: null };
  const needed = namespacesNeed();
  if (needed !== null)
    return { name, state: 'fails', says: 'turned off here', mend: `as an administrator: sysctl ${needed}` };
  const says = (tried.stderr ?? '').trim() || String(tried.error?.message ?? 'refused');
  return { name, state: 'fails', says, mend: 'this kernel or container forbids them: use another' };
}

const OVERLAY =
  'cd "$1" && mkdir l u w m && mount -t overlay -o lowerdir=l,upperdir=u,workdir=w,userxattr none m && echo x > m/x';

export function overlays(): Finding {
  const name = 'overlays';
  const folder = mkdtempSync(join(tmpdir(), 'shuttle-doctor-'));
  try {
    const tried = spawnSync('unshare', ['-Urm', 'sh', '-c', OVERLAY, 'sh', folder], { encoding: 'utf8' });
    if (tried.status === 0) return { name, state: 'good', says: 'copy-on-write files work', mend: null };
    const says = (tried.stderr ?? '').trim();
    if (says.startsWith('unshare:'))
      return { name, state: 'lacks', says: 'cannot be tried without user namespaces', mend: null };
    return {
      name,
      state: 'fails',
      says,
      mend: 'a kernel of 5.11 or later with overlayfs is needed',
    };
  } finally {
    removeTree(folder); // an overlay's work folder is closed even to its owner
  }
}

export function seccomp(): Finding {
  const name = 'seccomp';
  const actions = read('/proc/sys/kernel/seccomp/actions_avail') ?? '';
  if (!actions.includes('user_notif'))
    return {
      name,
      state: 'fails',
      says: 'no user notification',
      mend: 'a kernel of 5.0 or later with seccomp filters is needed',
    };
  const able = abilities();
  if (!able) return { name, state: 'lacks', says: 'cannot be tried without the engine', mend: null };
  const missing = [
    able.waitKillable ? null : 'a signal may repeat an operation (5.19 has the cure)',
    able.syncWakeUp ? null : 'each recorded call costs about five times more (6.6)',
    able.threadDescriptors ? null : 'sockets of a thread with descriptors of its own are refused (6.9)',
  ].filter((text) => text !== null);
  if (missing.length === 0)
    return { name, state: 'good', says: `user notification, synchronous wake-up (${release()})`, mend: null };
  return { name, state: 'lacks', says: `${missing.join('; ')}; here ${release()}`, mend: 'a newer kernel' };
}

/** Tried by the native part; null where that does not load, which is a finding of its own. */
function abilities(): KernelAbilities | null {
  try {
    return addon().kernelAbilities();
  } catch {
    return null;
  }
}

export function cgroups(): Finding {
  const name = 'cgroups';
  if (abilities()?.groups) return { name, state: 'good', says: 'limits hold for a VM as a whole', mend: null };
  const mend = 'start Shuttle in a scope of yours: systemd-run --user --scope -p Delegate=yes shuttle …';
  return { name, state: 'lacks', says: 'no cgroup of its own: limits hold for each process, not for the VM', mend };
}

export function ownState(): Finding {
  const folder = stateFolder();
  try {
    madeInState();
    accessSync(folder, constants.W_OK);
    return { name: 'state folder', state: 'good', says: folder, mend: null };
  } catch (error) {
    return {
      name: 'state folder',
      state: 'fails',
      says: (error as Error).message,
      mend: 'set XDG_STATE_HOME to a folder of yours',
    };
  }
}

const WANTED = 2 * 1024 ** 3;

export function diskSpace(): Finding {
  let folder = stateFolder();
  while (!existsSync(folder)) folder = join(folder, '..');
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const says = `${(free / 1024 ** 3).toFixed(1)} GiB free at ${folder}`;
  if (free >= WANTED) return { name: 'disk', state: 'good', says, mend: null };
  return { name: 'disk', state: 'lacks', says, mend: 'a Wine base prefix and its VMs want 2 GiB' };
}
