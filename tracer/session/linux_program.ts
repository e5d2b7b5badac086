// Which file a Linux command of a system file runs, and where a VM finds it.
import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { ShuttleError } from '../../native/contract/problem.js';
import { isAtOrBelow } from '../vm/paths.js';
import { isWindows, programKind } from '../windows/program.js';

export interface Found {
  /** As the VM names it. */
  path: string;
  /** On the host, links followed; null where it is in a mount of the system file. */
  file: string | null;
}

export interface Where {
  /** Folder of the VM that relative names are meant from. */
  cwd: string;
  /** The VM's PATH. */
  search: string;
  mounts: Readonly<Record<string, string>>;
}

/** The host's path behind a path of the VM: mounts of the system file first, else the same. */
export function behind(path: string, mounts: Where['mounts']): { file: string; mounted: boolean } {
  const at = Object.keys(mounts)
    .filter((mount) => isAtOrBelow(path, mount))
    .sort((a, b) => b.length - a.length)[0];
  return at === undefined
    ? { file: path, mounted: false }
    : { file: mounts[at] + path.slice(at.length), mounted: true };
}

/**
 * Finds a command as a shell in the VM would. Throws PROGRAM_NOT_FOUND, PROGRAM_NOT_EXECUTABLE, PROGRAM_UNUSABLE.
 * `later`: a program that is nowhere yet may be put there by setup.
 */
export function findProgram(name: string, where: Where, later: boolean): Found {
  const path = candidates(name, where).find((one) => existsSync(behind(one, where.mounts).file));
  if (path === undefined) {
    if (later && name.includes('/')) return { path: resolve(where.cwd, name), file: null };
    throw new ShuttleError({ code: 'PROGRAM_NOT_FOUND', program: name });
  }
  const { file, mounted } = behind(path, where.mounts);
  mustRun(name, file);
  return { path, file: mounted ? null : realpathSync(file) };
}

function candidates(name: string, { cwd, search }: Where): string[] {
  if (name.includes('/')) return [resolve(cwd, name)];
  return search
    .split(':')
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => `${folder}/${name}`);
}

function mustRun(name: string, file: string): void {
  if (isWindows(programKind(file)))
    throw new ShuttleError({
      code: 'PROGRAM_NOT_EXECUTABLE',
      program: name,
      reason: 'it is a Windows program in a VM of Linux programs',
    });
  try {
    accessSync(file, constants.X_OK);
  } catch {
    throw new ShuttleError({ code: 'PROGRAM_NOT_EXECUTABLE', program: name, reason: 'it is not marked as executable' });
  }
}
