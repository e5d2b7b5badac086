import { randomUUID } from 'node:crypto';
import { chmodSync, lstatSync, renameSync, rmdirSync, unlinkSync } from 'node:fs';
import { LONGEST_PATH, namesIn, within } from './name_bytes.js';

/**
 * Removes a folder with all in it, whatever a program made there: folders closed even to their owner, as an overlay's
 * work folder is, names that are no text, and folders deeper than a path can say.
 */
export function removeTree(path: string | Buffer): void {
  const top = Buffer.from(path as string);
  remove(top, top);
}

function remove(at: Buffer, top: Buffer): void {
  const status = lstatSync(at, { throwIfNoEntry: false });
  if (!status) return;
  if (!status.isDirectory()) return unlinkSync(at);
  if ((status.mode & 0o700) !== 0o700) chmodSync(at, 0o700);
  // Too deep to be named: brought up, and removed from there.
  if (at.length > LONGEST_PATH && top.length < at.length) return renameSync(at, within(top, Buffer.from(randomUUID())));
  for (let names = namesIn(at); names.length > 0; names = namesIn(at))
    for (const name of names) remove(within(at, name), top);
  rmdirSync(at);
}
