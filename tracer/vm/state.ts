import { existsSync, mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { ShuttleError } from '../../native/contract/problem.js';

/** Shuttle's own state: $XDG_STATE_HOME/shuttle, or /var/lib/shuttle for root. */
export function stateFolder(
  env: NodeJS.ProcessEnv = process.env,
  uid = process.getuid?.() ?? -1,
  home = homedir(),
): string {
  if (env.XDG_STATE_HOME?.startsWith('/')) return join(env.XDG_STATE_HOME, 'shuttle');
  return uid === 0 ? '/var/lib/shuttle' : join(home, '.local/state/shuttle');
}

/** A folder of the state, or the state's own, made where it is not there. Throws STATE_UNWRITABLE. */
export function madeInState(name = '.'): string {
  const folder = join(stateFolder(), name);
  try {
    makeFolder(folder);
  } catch (error) {
    throw unwritable((error as NodeJS.ErrnoException).code ?? String(error));
  }
  const { uid } = statSync(stateFolder());
  if (uid !== process.geteuid?.())
    throw unwritable(`it belongs to another user (${uid}), whose links would be followed`);
  return folder;
}

const unwritable = (error: string): ShuttleError =>
  new ShuttleError({ code: 'STATE_UNWRITABLE', folder: stateFolder(), error });

/** Private to the user. Node's own `recursive` never comes back where a folder can hold no others, as in /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
