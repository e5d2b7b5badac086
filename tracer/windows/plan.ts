// What a Windows program's VM has besides a Linux program's.
//
// The program finds two drives. C: is the VM's own: the base prefix with the VM's layer over it; the system file's
// mounts (`C:\pgsql: ./pgsql`) lie in it. Z: is the VM's root, which shows what a Linux program would be shown: so a
// program given by its path on the host runs where it lies (`Z:\home\me\game\game.exe`), finds the files beside it, and
// starts in the same folder as a Linux program would. Nothing is reached through Z: that the wall does not show.

import { ShuttleError } from '../../native/contract/problem.js';
import type { Variables } from '../../native/contract/rules.js';
import type { MountStep, VmSpec } from '../../native/contract/vm.js';
import type { Agent } from './agent.js';
import type { Base } from './base.js';
import { isWindowsName, toLinux, toWindows } from './drives.js';
import type { WineInstall } from './wine.js';

/** Where the prefix stands in every Windows VM. */
export const PREFIX = '/wine';

/** How paths of the VM are written for its programs; the same in every Windows VM. */
export const DRIVES: VmSpec['drives'] = [
  { letter: 'C', path: `${PREFIX}/drive_c` },
  { letter: 'Z', path: '/' },
];

/** Makes the overlay of a VM's layer over a folder of the host; the layer's place is the caller's to know. */
export type Over = (to: string, lower: readonly string[]) => MountStep;

export interface WindowsPart {
  /** To be done after the base system is shown and before the mounts. */
  steps: MountStep[];
  zones: VmSpec['zones'];
  drives: VmSpec['drives'];
  /** The command that starts the VM's dock; empty without an agent. */
  dock: readonly string[];
  /** Goes over the VM's environment and under the system file's `env`. */
  env: Record<string, string>;
  variables: Pick<Variables, 'user' | 'home' | 'temp' | 'session'>;
}

// Known fonts: where the host's /var is not shown, every VM would look through all fonts anew.
const FONTS = '/var/cache/fontconfig';

// Wine itself reads it at each start, and copes where it is not there: nothing that the program needs a rule for.
const MACHINE_ID = '/var/lib/dbus/machine-id';

/** The Windows half of a VM's plan. `lang` is the locale that the VM's environment asks for, if any. Pure. */
export function planWindows(
  base: Base,
  wine: WineInstall,
  agent: Agent | null,
  over: Over,
  lang: string | undefined,
): WindowsPart {
  const profile = `C:\\users\\${base.user}`;
  const shown = [...wine.folders, FONTS];
  return {
    steps: [
      ...shown.map((path): MountStep => ({ do: 'bind', to: path, from: path, write: false, optional: true })),
      over(PREFIX, agent === null ? [base.path] : [agent.over, base.path]),
      ...(agent?.steps ?? []),
    ],
    zones: [
      ...[...shown, MACHINE_ID].map((path) => ({ path, zone: 'base' as const, from: path })),
      { path: PREFIX, zone: 'own', from: base.path },
    ],
    drives: DRIVES,
    dock: agent === null ? [] : [wine.loader, agent.dock],
    env: environment(base.user, lang),
    variables: { user: base.user, home: profile, temp: `${profile}\\Temp`, session: '1' },
  };
}

function environment(user: string, lang: string | undefined): Record<string, string> {
  return {
    WINEPREFIX: PREFIX,
    // Wine's Linux half looks for settings, fonts and tools of its own here: not in anybody's home.
    HOME: `${PREFIX}/drive_c/users/${user}`,
    PATH: '/usr/bin:/bin',
    // Wine's own remarks would stand between the program's words; but a program that cannot start for want of a library
    // says nothing itself.
    WINEDEBUG: '-all,err+module',
    WINEDLLOVERRIDES: 'winemenubuilder.exe=d',
    // Wine takes the Windows user's name from here, and the base has that user's folders.
    USER: user,
    LOGNAME: user,
    // Names with letters of any script reach the program only through a UTF-8 locale.
    ...(/utf-?8/i.test(lang ?? '') ? {} : { LC_ALL: 'C.UTF-8' }),
    // Fonts are looked up by every Windows program; without a place to note them it complains each time.
    XDG_CACHE_HOME: '/tmp/.cache',
  };
}

/** The command that runs a Windows program in the VM: a Windows name as it is, a path of the VM by its drive. */
export function wineCommand(wine: WineInstall, program: readonly string[]): string[] {
  const [name = '', ...args] = program;
  return [wine.loader, isWindowsName(name) ? name : windowsName(name), ...args];
}

function windowsName(path: string): string {
  const name = toWindows(path, DRIVES);
  if (name === null) throw new ShuttleError({ code: 'WINDOWS_NAME_UNMAPPED', name: path });
  return name;
}

/**
 * Where a place named in the system file (`cwd`, a mount) stands in a Windows VM: `C:\pgsql` at /wine/drive_c/pgsql; a
 * Linux path stays. Throws WINDOWS_NAME_UNMAPPED for a drive there is not.
 */
export function placeInVm(name: string): string {
  if (!isWindowsName(name)) return name;
  const path = toLinux(name, DRIVES);
  if (path === null) throw new ShuttleError({ code: 'WINDOWS_NAME_UNMAPPED', name });
  return path;
}
