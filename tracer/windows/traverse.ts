// A base prefix belongs to the user its VMs run as. Where that is somebody else than we, he must be able to reach it.
import { chmodSync, chownSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Owner } from './wine_process.js';

const THROUGH = 0o001;

/** Makes `folder`, owned by `owner`; for another's sake its parents may be passed through (not listed) where root made them. */
export function makeTraversable(folder: string, owner: Owner): void {
  if (owner.uid === process.getuid?.()) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return;
  }
  for (const parent of parentsOf(folder)) {
    if (!existsSync(parent)) mkdirSync(parent, { mode: 0o711 });
    const { mode, uid } = statSync(parent);
    if (uid === 0 && (mode & THROUGH) === 0) chmodSync(parent, (mode & 0o7777) | THROUGH);
  }
  if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
  chownSync(folder, owner.uid, owner.gid);
}

const parentsOf = (folder: string): string[] => {
  const parent = dirname(folder);
  return parent === folder ? [] : [...parentsOf(parent), parent];
};
