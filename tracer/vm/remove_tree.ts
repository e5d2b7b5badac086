import { chmodSync, lstatSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Removes a folder with all in it, also folders that are closed even to their owner, as an overlay's work folder is. */
export function removeTree(path: string): void {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (!status) return;
  if (!status.isDirectory()) return rmSync(path, { force: true });
  if ((status.mode & 0o700) !== 0o700) chmodSync(path, 0o700);
  for (const name of readdirSync(path)) removeTree(join(path, name));
  rmdirSync(path);
}
