// What a plan must know of the host, read once. Planning itself (plan.ts) reads nothing.
import {
  accessSync,
  constants,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { type Mount, parseMountinfo } from './mountinfo.js';
import { isAtOrBelow, join, parentsOf } from './paths.js';
import { protectedNames } from './protected.js';
import { UNSEEN } from './system_folders.js';

export type Kind = 'folder' | 'file' | 'link' | 'other';

export interface Entry {
  name: string;
  kind: Kind;
  /** Permission bits. */
  mode: number;
  /** Whether the user may look into it (a folder) or read it. */
  open: boolean;
  /** An empty folder that the user may not write to. */
  barren: boolean;
  /** Where a link points. */
  target: string;
}

export interface HostFacts {
  uid: number;
  gid: number;
  /** Name of the user Shuttle runs as. */
  user: string;
  home: string;
  mounts: readonly Mount[];
  /** What lies in `/`, in every folder that a mount lies below, and in those asked for. */
  folders: ReadonlyMap<string, readonly Entry[]>;
  /** What the named paths are, links followed; a path that is not there is missing. */
  kinds: ReadonlyMap<string, 'folder' | 'file' | 'other'>;
  /** Where those of the named paths lead that are links. */
  links: ReadonlyMap<string, string>;
  /** Where root is to show other people's files as the program's own: their homes, and what is asked for of theirs. */
  foreign: readonly string[];
  /** Where a protected name that is a link leads. */
  protectedTargets: readonly string[];
  /** Text of /etc/passwd and /etc/group. */
  passwd: string;
  group: string;
}

/** Reads the facts. `paths`: those whose kind the plan will ask for. `own`: Shuttle's own folders. */
export function readHostFacts(paths: readonly string[], own: readonly string[]): HostFacts {
  const { uid, gid } = process.getuid ? { uid: process.getuid(), gid: process.getgid?.() ?? 0 } : { uid: -1, gid: -1 };
  const home = homedir();
  const mounts = parseMountinfo(attempt(() => readFileSync('/proc/self/mountinfo', 'utf8')) ?? '');
  return {
    uid,
    gid,
    user: attempt(() => userInfo().username) ?? String(uid),
    home,
    mounts,
    folders: readFolders(mounts, paths),
    kinds: new Map(paths.flatMap((path) => kindOf(path))),
    links: new Map(paths.flatMap((path) => linkAt(path))),
    foreign: uid === 0 ? foreignFolders(paths) : [],
    protectedTargets: protectedNames(home, own).flatMap((name) => leadsElsewhere(name)),
    passwd: attempt(() => readFileSync('/etc/passwd', 'utf8')) ?? '',
    group: attempt(() => readFileSync('/etc/group', 'utf8')) ?? '',
  };
}

function readFolders(mounts: readonly Mount[], asked: readonly string[]): Map<string, Entry[]> {
  const wanted = new Set(['/']);
  for (const { at } of mounts) {
    if (UNSEEN.some((folder) => isAtOrBelow(at, folder))) continue;
    for (const folder of parentsOf(at)) wanted.add(folder);
  }
  for (const path of asked) if (attempt(() => statSync(path).isDirectory())) wanted.add(path);
  return new Map(
    [...wanted].flatMap((folder) => {
      const names = attempt(() => readdirSync(folder));
      return names ? [[folder, names.flatMap((name) => entry(folder, name))] as const] : [];
    }),
  );
}

function foreignFolders(paths: readonly string[]): string[] {
  const homes = (attempt(() => readdirSync('/home')) ?? []).map((name) => join('/home', name));
  const isTheirs = (path: string) => {
    const status = attempt(() => lstatSync(path));
    return status?.isDirectory() === true && status.uid !== 0;
  };
  const first = [...homes, ...paths].flatMap((path) => [...parentsOf(path), path].filter(isTheirs).slice(0, 1));
  return [...new Set(first)].filter((path) => !UNSEEN.some((folder) => isAtOrBelow(path, folder)));
}

function entry(folder: string, name: string): Entry[] {
  const path = join(folder, name);
  const status = attempt(() => lstatSync(path));
  if (!status) return [];
  const kind = status.isSymbolicLink() ? 'link' : status.isDirectory() ? 'folder' : status.isFile() ? 'file' : 'other';
  const target = kind === 'link' ? (attempt(() => readlinkSync(path)) ?? '') : '';
  return [
    {
      name,
      kind,
      mode: status.mode & 0o7777,
      open: mayOpen(path, kind),
      barren: kind === 'folder' && isBarren(path),
      target,
    },
  ];
}

const isBarren = (path: string): boolean =>
  !succeeds(() => accessSync(path, constants.W_OK)) && attempt(() => readdirSync(path).length === 0) === true;

function mayOpen(path: string, kind: Kind): boolean {
  return succeeds(() => accessSync(path, kind === 'folder' ? constants.R_OK | constants.X_OK : constants.R_OK));
}

function kindOf(path: string): [string, 'folder' | 'file' | 'other'][] {
  const status = attempt(() => statSync(path));
  if (!status) return [];
  return [[path, status.isDirectory() ? 'folder' : status.isFile() ? 'file' : 'other']];
}

function linkAt(path: string): [string, string][] {
  const target = attempt(() => readlinkSync(path));
  return target === undefined ? [] : [[path, target]];
}

function leadsElsewhere(name: string): string[] {
  const real = attempt(() => realpathSync(name));
  return real !== undefined && real !== name && real !== '/' ? [real] : [];
}

function attempt<T>(task: () => T): T | undefined {
  try {
    return task();
  } catch {
    return undefined;
  }
}

function succeeds(task: () => void): boolean {
  return (
    attempt(() => {
      task();
      return true;
    }) ?? false
  );
}
