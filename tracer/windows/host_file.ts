// Which file of the host a Windows program name stands for, so that its kind is known before a VM is built.
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { foldName } from '../../native/contract/fold.js';
import type { Base } from './base.js';
import { isWindowsName } from './drives.js';
import { PREFIX, placeInVm } from './plan.js';

/**
 * The host's file behind a program named in a system file, or null where it is none yet (a `setup` may install it).
 * Letter case is ignored and `.exe` may be left out, as Windows does.
 */
export function hostFile(name: string, mounts: Readonly<Record<string, string>>, base: Base): string | null {
  if (!isWindowsName(name)) return existsSync(name) ? name : null;
  const path = placeInVm(name);
  const shown = [
    ...Object.entries(mounts).map(([at, from]) => [placeInVm(at), from] as const),
    [PREFIX, base.path] as const,
  ];
  const holder = shown
    .filter(([at]) => `${foldName(path)}/`.startsWith(`${foldName(at)}/`))
    .sort((a, b) => b[0].length - a[0].length)[0];
  const [at, from] = holder ?? ['/', '/'];
  const parts = relative(at, `${at}/${path.slice(at.length)}`)
    .split('/')
    .filter((part) => part !== '');
  return findFolded(from, parts);
}

/** Goes down from `folder` by names compared as Windows does; an exact name is taken first. */
export function findFolded(folder: string, parts: readonly string[]): string | null {
  const [part, ...rest] = parts;
  if (part === undefined) return existsSync(folder) ? folder : null;
  const wanted = rest.length === 0 ? [part, `${part}.exe`] : [part];
  for (const name of wanted) {
    const found = existsSync(join(folder, name))
      ? name
      : listed(folder).find((each) => foldName(each) === foldName(name));
    const whole = found === undefined ? null : findFolded(join(folder, found), rest);
    if (whole !== null) return whole;
  }
  return null;
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
