// Where a VM's windows go (design, section 4): nowhere; to an X server that the VM has for itself; or to the host's.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ShuttleError } from '../../native/contract/problem.js';
import type { VmSpec } from '../../native/contract/vm.js';
import type { VmDescription } from './system.js';

/** Parts of a VM that its display adds. */
export interface Display {
  env: Record<string, string>;
  steps: VmSpec['steps'];
  zones: VmSpec['zones'];
  /** The command that runs a program of the VM with its display. */
  command(program: readonly string[]): string[];
}

export const X_SERVER = 'Xvfb';
const SOCKETS = '/tmp/.X11-unix';
// Where the server puts the keyboard it made: nothing that the program changed.
const KEYMAPS = '/var/lib/xkb';
const KEYMAPS_SIZE = 1 << 20;
const SCREEN = '1280x1024x24';
// Ends when its last client has been gone for so long, so that it does not keep the VM alive.
const LINGER_SECONDS = '5';

// Runs inside the VM. The server says its number once it takes clients; the program then takes the shell's place.
const BEGIN = `
server() { exec ${X_SERVER} -displayfd 3 -screen 0 ${SCREEN} -nolisten tcp -noreset -terminate ${LINGER_SECONDS}; }
number=$(server 3>&1 >/dev/null 2>&1 </dev/null &)
[ -n "$number" ] || { echo "display: private: the X server did not start" >&2; exit 125; }
DISPLAY=:$number exec "$@"`;

const NONE: Display = { env: {}, steps: [], zones: [], command: (program) => [...program] };

/** Throws DISPLAY_SERVER_MISSING, DISPLAY_NOT_HERE. */
export function displayOf(vm: VmDescription, ours: NodeJS.ProcessEnv, home: string): Display {
  if (vm.display === 'private') return privateDisplay(vm.name, ours);
  if (vm.display === 'host') return hostDisplay(vm.name, ours, home);
  return NONE;
}

function privateDisplay(vm: string, ours: NodeJS.ProcessEnv): Display {
  if (!isOnPath(X_SERVER, ours)) throw new ShuttleError({ code: 'DISPLAY_SERVER_MISSING', vm, server: X_SERVER });
  return {
    env: {},
    // A server that is not root's makes no such folder itself.
    steps: [
      { do: 'folder', to: SOCKETS, mode: 0o1777 },
      { do: 'memory', to: KEYMAPS, mode: 0o1777, bytes: KEYMAPS_SIZE },
    ],
    zones: [{ path: KEYMAPS, zone: 'private', from: '' }],
    command: (program) => ['/bin/sh', '-c', BEGIN, 'display', ...program],
  };
}

/** Only says where the host's display is: to reach it is for rules to allow. */
function hostDisplay(vm: string, ours: NodeJS.ProcessEnv, home: string): Display {
  if (!ours.DISPLAY) throw new ShuttleError({ code: 'DISPLAY_NOT_HERE', vm });
  const own = join(home, '.Xauthority');
  const key = ours.XAUTHORITY ?? (existsSync(own) ? own : null);
  return { ...NONE, env: { DISPLAY: ours.DISPLAY, ...(key === null ? {} : { XAUTHORITY: key }) } };
}

const isOnPath = (name: string, { PATH = '' }: NodeJS.ProcessEnv): boolean =>
  [...PATH.split(':'), '/usr/bin'].some((folder) => folder.startsWith('/') && existsSync(join(folder, name)));
