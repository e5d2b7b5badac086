import { homedir } from 'node:os';
import { join } from 'node:path';

/** Shuttle's own state: $XDG_STATE_HOME/shuttle, or /var/lib/shuttle for root. */
export function stateFolder(
  env: NodeJS.ProcessEnv = process.env,
  uid = process.getuid?.() ?? -1,
  home = homedir(),
): string {
  if (env.XDG_STATE_HOME?.startsWith('/')) return join(env.XDG_STATE_HOME, 'shuttle');
  return uid === 0 ? '/var/lib/shuttle' : join(home, '.local/state/shuttle');
}
