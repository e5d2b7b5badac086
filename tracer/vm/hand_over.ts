// A layer whose VM now runs as somebody else.
import { lchownSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface Owner {
  uid: number;
  gid: number;
}

/** Gives the new owner what was the old one's below a folder, and the folder; what others own stays theirs. Wants root. */
export function handOver(path: string, from: Owner, to: Owner): void {
  const found = lstatSync(path);
  const gid = found.gid === from.gid ? to.gid : found.gid;
  if (found.uid === from.uid || found.gid === from.gid)
    lchownSync(path, found.uid === from.uid ? to.uid : found.uid, gid);
  if (found.isDirectory()) for (const name of readdirSync(path)) handOver(join(path, name), from, to);
}
