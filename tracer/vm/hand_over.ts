// A layer whose VM now runs as somebody else.
import { lchownSync, lstatSync } from 'node:fs';
import { namesIn, within } from './name_bytes.js';

export interface Owner {
  uid: number;
  gid: number;
}

/** Gives the new owner what was the old one's below a folder, and the folder; what others own stays theirs. Wants root. */
export function handOver(path: string | Buffer, from: Owner, to: Owner): void {
  const found = lstatSync(path);
  const gid = found.gid === from.gid ? to.gid : found.gid;
  if (found.uid === from.uid || found.gid === from.gid)
    lchownSync(path, found.uid === from.uid ? to.uid : found.uid, gid);
  if (found.isDirectory())
    for (const name of namesIn(Buffer.from(path as string)))
      handOver(within(Buffer.from(path as string), name), from, to);
}
