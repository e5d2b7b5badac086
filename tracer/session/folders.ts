// Where run folders are, and how a run is named on the command line.
import { existsSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { nearOf } from '../../native/contract/near.js';
import { ShuttleError } from '../../native/contract/problem.js';

const RUNS = '.shuttle/runs';

/** `.shuttle/runs/<system>` beside the system file. */
export const runsOf = (system: { folder: string; name: string }): string => join(system.folder, RUNS, system.name);

/** Makes the folder of a new run, private to the user. */
export function newRunFolder(system: { folder: string; name: string }, id: string): string {
  const folder = join(runsOf(system), id);
  try {
    mkdirSync(runsOf(system), { recursive: true, mode: 0o700 });
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    throw new ShuttleError({
      code: 'RUN_FOLDER_UNWRITABLE',
      folder,
      error: (error as NodeJS.ErrnoException).code ?? '',
    });
  }
  return folder;
}

/** After a run folder was removed: `.shuttle/runs/<system>` as far as nothing else is in there. */
export function removeEmptyAbove(folder: string): void {
  try {
    for (let above = dirname(folder), n = 0; n < 3; above = dirname(above), n++) rmdirSync(above);
  } catch {
    // it holds something
  }
}

/** Run folders of a system, oldest first. */
export function listRuns(system: { folder: string; name: string }): string[] {
  const folder = runsOf(system);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name))
    .sort();
}

/** The folder a run was named by: a path, or the id of a run below `cwd`. Throws where there is no such run. */
export function findRun(named: string, cwd: string): string {
  const path = resolve(cwd, named);
  if (existsSync(path)) return path;
  const systems = join(cwd, RUNS);
  const names = existsSync(systems) ? readdirSync(systems) : [];
  const found = names.map((name) => join(systems, name, named)).filter((folder) => existsSync(folder));
  if (found.length > 1) throw new ShuttleError({ code: 'RUN_ID_TWICE', id: named, folders: found });
  if (found[0] === undefined)
    throw new ShuttleError({ code: 'RUN_UNKNOWN', run: named, near: nearRuns(named, systems) });
  return found[0];
}

/** Runs that may have been meant: ids that begin so, or nearly. */
function nearRuns(named: string, folder: string): string[] {
  const systems = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
  const ids = systems.flatMap((one) => (one.isDirectory() ? readdirSync(join(folder, one.name)) : []));
  const begun = named.length < 6 ? [] : ids.filter((id) => id.startsWith(named));
  return begun.length > 0 ? begun.slice(-3) : nearOf(named, ids);
}
