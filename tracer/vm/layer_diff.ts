// What a layer changed against the host, and bringing that to the host.
import {
  chmodSync,
  chownSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  rmSync,
  type Stats,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { upperPath } from './layer_place.js';
import { LONGEST_PATH, lookAt, namesIn, nameText, textBytes, within } from './name_bytes.js';
import { isAtOrBelow } from './paths.js';
import { removeTree } from './remove_tree.js';

export interface Change {
  /** Path inside the VM; bytes that are no text as `\\xNN`, as in the record. */
  path: string;
  /** Path on the host it stands for. */
  host: string;
  what: 'created' | 'changed' | 'deleted';
  kind: 'file' | 'folder' | 'link' | 'other';
  bytes: number;
}

/**
 * Every change of the layer, parents before what is in them. `from` says which host path a path of the VM shows (mounts
 * lie elsewhere); null leaves the path out. Folders that are only there to hold a change are no change themselves. What
 * lies deeper than a path can say is left out.
 */
export function diffLayer(folder: string, from: (path: string) => string | null = (path) => path): Change[] {
  const upper = join(folder, 'upper');
  return names(upper)
    .sort()
    .flatMap((name) => changes(Buffer.from(join(upper, name)), upperPath(name), from, true));
}

function changes(at: Buffer, path: string, from: (path: string) => string | null, top: boolean): Change[] {
  const host = from(path);
  const status = at.length > LONGEST_PATH ? undefined : lstatSync(at, { throwIfNoEntry: false });
  if (host === null || !status) return [];
  const before = lookAt(host)?.status;
  if (isWhiteout(status)) return before ? [{ path, host, what: 'deleted', kind: kind(before), bytes: 0 }] : [];
  const what: Change['what'] = before ? 'changed' : 'created';
  if (!status.isDirectory()) return [{ path, host, what, kind: kind(status), bytes: status.size }];
  const inside = inner(at).flatMap((name) => changes(within(at, name), join(path, nameText(name)), from, false));
  const self: Change = { path, host, what, kind: 'folder', bytes: 0 };
  return before?.isDirectory() || top ? inside : [self, ...inside];
}

/**
 * Brings changes to the host: those at or below one of `only` where it is given, otherwise all but what lies at or below
 * `hidden` names, which nobody brings by accident. What was done is returned.
 */
export function commitLayer(
  folder: string,
  changes: readonly Change[],
  owner: { uid: number; gid: number },
  hidden: readonly string[],
  only?: readonly string[],
): Change[] {
  const within = (change: Change, paths: readonly string[]) => paths.some((path) => isAtOrBelow(change.path, path));
  const meant = changes.filter((change) => (only ? within(change, only) : !within(change, hidden)));
  for (const change of meant) bring(find(folder, change.path), change, owner);
  return meant;
}

/** The file of the layer that holds a path: in the upper of the deepest overlay above it. */
function find(folder: string, path: string): string | Buffer {
  const upper = join(folder, 'upper');
  const holders = names(upper).filter((name) => isAtOrBelow(path, upperPath(name)));
  const files = holders
    .sort((a, b) => upperPath(b).length - upperPath(a).length)
    .map((name) => join(upper, name, path.slice(upperPath(name).length)));
  return files.map(lookAt).find((file) => file !== undefined)?.path ?? path;
}

function bring(source: string | Buffer, change: Change, owner: { uid: number; gid: number }): void {
  const there = lookAt(change.host);
  const before = there?.status;
  if (change.what === 'deleted') return there && removeTree(there.path);
  // What is no text in the layer is none on the host; its folder was brought before it, or is there.
  const target = there?.path ?? (typeof source === 'string' ? change.host : textBytes(change.host));
  const status = lstatSync(source);
  if (typeof target === 'string') mkdirSync(dirname(target), { recursive: true });
  if (before && (before.isSymbolicLink() || before.isDirectory() !== status.isDirectory())) removeTree(target);
  if (status.isDirectory()) {
    mkdirSync(target, { recursive: true });
    chmodSync(target, status.mode & 0o777);
  } else if (status.isSymbolicLink()) {
    rmSync(target, { force: true });
    symlinkSync(readlinkSync(source), target);
    return;
  } else if (status.isFile()) {
    copyFileSync(source, target);
    chmodSync(target, status.mode & 0o777);
    utimesSync(target, status.atime, status.mtime);
  } else return; // sockets and FIFOs live with their program
  // Root's VMs run as somebody else: what they made becomes root's, or stays whose it was.
  if (process.getuid?.() === 0) chownSync(target, before?.uid ?? owner.uid, before?.gid ?? owner.gid);
}

/** How an overlay says that a name is gone. */
const isWhiteout = (status: Stats): boolean => status.isCharacterDevice() && status.rdev === 0;

const kind = (status: Stats): Change['kind'] =>
  status.isDirectory() ? 'folder' : status.isFile() ? 'file' : status.isSymbolicLink() ? 'link' : 'other';

const names = (folder: string): string[] => inner(Buffer.from(folder)).map(String);

const inner = (folder: Buffer): Buffer[] => {
  try {
    return namesIn(folder);
  } catch {
    return [];
  }
};
