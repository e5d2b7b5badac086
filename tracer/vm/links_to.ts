import { lstatSync, readlinkSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isAtOrBelow, join } from './paths.js';
import { SYSTEM_FOLDERS } from './system_folders.js';

export interface Link {
  path: string;
  target: string;
}

const MOST_LINKS = 40; // as many as the kernel follows

/** The links that a path leads over, but for those of the base system: what a VM lacks that shows only where they lead. */
export function linksTo(path: string): Link[] {
  const links: Link[] = [];
  let ahead = parts(path);
  let here = '/';
  while (ahead.length > 0 && links.length < MOST_LINKS) {
    const [name = '', ...rest] = ahead;
    const next = join(here, name);
    ahead = rest;
    const target = targetOf(next);
    if (target === null) here = next;
    else {
      if (!SYSTEM_FOLDERS.some((folder) => isAtOrBelow(next, folder))) links.push({ path: next, target });
      ahead = [...parts(resolve(dirname(next), target)), ...ahead];
      here = '/';
    }
  }
  return links;
}

const parts = (path: string): string[] => path.split('/').filter((part) => part !== '');

function targetOf(path: string): string | null {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(path) : null;
}
