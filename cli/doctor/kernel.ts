// What the kernel lets this user do, each tried as Shuttle would.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readFileSync, statfsSync } from 'node:fs';
import { homedir, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from '../../tracer/vm/remove_tree.js';
import type { Finding } from './examine.js';

const read = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
};

/** Whether the running kernel is at least this one. */
function kernelSince(major: number, minor: number): boolean {
  const [haveMajor = 0, haveMinor = 0] = release().split('.').map(Number);
  return haveMajor > major || (haveMajor === major && haveMinor >= minor);
}

// Each switch that turns user namespaces off, and the value that does not.
const switches: readonly [file: string, off: (value: string) => boolean, mend: string][] = [
  ['kernel/unprivileged_userns_clone', (value) => value === '0', 'sysctl kernel.unprivileged_userns_clone=1'],
  ['user/max_user_namespaces', (value) => value === '0', 'sysctl user.max_user_namespaces=15000'],
  [
    'kernel/apparmor_restrict_unprivileged_userns',
    (value) => value === '1',
    'sysctl kernel.apparmor_restrict_unprivileged_userns=0',
  ],
];

export function userNamespaces(): Finding {
  const name = 'user namespaces';
  const tried = spawnSync('unshare', ['-Urmpfin', 'true'], { encoding: 'utf8' });
  if (tried.status === 0) return { name, state: 'good', says: 'a VM can be made by this user', mend: null };
  const off = switches.find(([file, isOff]) => isOff(read(`/proc/sys/${file}`) ?? ''));
  const says = (tried.stderr ?? '').trim() || String(tried.error?.message ?? 'refused');
  return {
    name,
    state: 'fails',
    says,
    mend: off ? `as an administrator: ${off[2]}` : 'this kernel or container forbids them: use another',
  };
}

const OVERLAY =
  'cd "$1" && mkdir l u w m && mount -t overlay -o lowerdir=l,upperdir=u,workdir=w,userxattr none m && echo x > m/x';

export function overlays(): Finding {
  const name = 'overlays';
  const folder = mkdtempSync(join(tmpdir(), 'shuttle-doctor-'));
  try {
    const tried = spawnSync('unshare', ['-Urm', 'sh', '-c', OVERLAY, 'sh', folder], { encoding: 'utf8' });
    if (tried.status === 0) return { name, state: 'good', says: 'copy-on-write files work', mend: null };
    return {
      name,
      state: 'fails',
      says: (tried.stderr ?? '').trim(),
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
  const missing = [
    kernelSince(5, 19) ? null : 'a signal may repeat an operation (before 5.19)',
    kernelSince(6, 6) ? null : 'recording costs about five times more (before 6.6)',
  ].filter((text) => text !== null);
  if (missing.length === 0)
    return { name, state: 'good', says: `user notification, synchronous wake-up (${release()})`, mend: null };
  return { name, state: 'lacks', says: `${missing.join('; ')}; here ${release()}`, mend: 'a newer kernel' };
}

/** The folder of a version-2 hierarchy that this user may divide, or null. */
function ownCgroup(): string | null {
  const path = /^0::(.*)$/m.exec(read('/proc/self/cgroup') ?? '')?.[1];
  if (path === undefined) return null;
  const mount = /^\S+ \S+ \S+ \S+ (\S+) .* - cgroup2 /m.exec(read('/proc/self/mountinfo') ?? '')?.[1];
  if (mount === undefined) return null;
  const folder = join(mount, path);
  try {
    accessSync(folder, constants.W_OK);
    return (read(join(folder, 'cgroup.controllers')) ?? '').includes('memory') ? folder : null;
  } catch {
    return null;
  }
}

export function cgroups(): Finding {
  const name = 'cgroups';
  if (ownCgroup()) return { name, state: 'good', says: 'limits hold for a VM as a whole', mend: null };
  const mend = 'start Shuttle in a delegated scope: systemd-run --user --scope -p Delegate=yes shuttle …';
  return { name, state: 'lacks', says: 'no cgroup of its own: limits hold for each process, not for the VM', mend };
}

function stateRoot(): string {
  if (process.env.XDG_STATE_HOME) return join(process.env.XDG_STATE_HOME, 'shuttle');
  return process.getuid?.() === 0 ? '/var/lib/shuttle' : join(homedir(), '.local/state/shuttle');
}

export function stateFolder(): Finding {
  const folder = stateRoot();
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
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
  let folder = stateRoot();
  while (!existsSync(folder)) folder = join(folder, '..');
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const says = `${(free / 1024 ** 3).toFixed(1)} GiB free at ${folder}`;
  if (free >= WANTED) return { name: 'disk', state: 'good', says, mend: null };
  return { name: 'disk', state: 'lacks', says, mend: 'a Wine base prefix and its VMs want 2 GiB' };
}
