import { dirname } from 'node:path';
import { isAtOrBelow, isBelow, nameOf, parentOf } from './paths.js';
import { SETTINGS, SHARED_FOLDERS, SYSTEM_FOLDERS } from './system_folders.js';

/**
 * The folder that is a program's own: the one it lies in, or the one above where that is called `bin`. Null where the
 * program belongs to the base system. Where many programs or a person's files share the folder, the program's file
 * alone is its own.
 */
export function ownFolder(program: string, home: string): string | null {
  if ([...SYSTEM_FOLDERS, SETTINGS].some((folder) => isBelow(program, folder))) return null;
  const folder = dirname(program);
  const shared = (path: string) => SHARED_FOLDERS.includes(path) || isAtOrBelow(home, path);
  if (/^s?bin$/.test(nameOf(folder)) && !shared(parentOf(folder)) && parentOf(folder) !== `${home}/.local`)
    return parentOf(folder);
  return shared(folder) || isAtOrBelow(folder, `${home}/.local/bin`) || folder === `${home}/bin` ? program : folder;
}
