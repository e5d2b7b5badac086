// The agent enters every process of a Windows VM before the program's own code: Wine loads kernel32 into each process
// first of all, and the VM is shown a kernel32 that imports the agent before anything else. Services, children and what
// Wine starts by itself are no exceptions, and nothing has to be put into a process from outside.
import { createHash } from 'node:crypto';
import {
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { MountStep } from '../../native/contract/vm.js';
import { agentFiles } from '../../native/engine.js';
import type { Base } from './base.js';
import { withFirstImport } from './first_import.js';
import { makeTraversable } from './traverse.js';
import { type WineInstall, wineLibraries } from './wine.js';
import type { Owner } from './wine_process.js';

/** What a VM is shown for its agent's sake. */
export interface Agent {
  /** A folder that lies over the base prefix, with the agent and the dock in its system32. */
  over: string;
  steps: MountStep[];
  /** The dock as a Windows program is started. */
  dock: string;
}

export const AGENT_NAME = 'shuttle-agent.dll';
export const DOCK_NAME = 'shuttle-dock.exe';
const SYMBOL = 'shuttle_agent';
const SYSTEM32 = 'drive_c/windows/system32';

/** Makes ready what the agent needs, once for each Wine, build and owner. Null where it was not built or this Wine has no kernel32 that we can change. */
export function ensureAgent(base: Base, wine: WineInstall, owner: Owner): Agent | null {
  const files = agentFiles();
  const kernel = join(wineLibraries(wine) ?? '/nowhere', 'kernel32.dll');
  if (files === null || !existsSync(kernel)) return null;
  const place = join(base.path, '..', `agent-${stampOf([files.agent, files.dock, kernel])}`);
  if (!existsSync(place) && !build(place, files, kernel, owner)) return null;
  return {
    over: join(place, 'prefix'),
    steps: [{ do: 'bind', to: kernel, from: join(place, 'kernel32.dll'), write: false }],
    dock: `C:\\windows\\system32\\${DOCK_NAME}`,
  };
}

function build(place: string, files: { agent: string; dock: string }, kernel: string, owner: Owner): boolean {
  const changed = withFirstImport(readFileSync(kernel), AGENT_NAME, SYMBOL);
  if (changed === null) return false;
  // Beside its place and then moved there whole: others may be at it too, and make the same.
  const aside = `${place}.${process.pid}`;
  makeTraversable(aside, owner);
  let folder = join(aside, 'prefix');
  mkdirSync(folder, { mode: 0o755 });
  own(folder, owner);
  for (const part of SYSTEM32.split('/')) {
    folder = join(folder, part);
    mkdirSync(folder, { mode: 0o755 });
    own(folder, owner);
  }
  copyFileSync(files.agent, join(folder, AGENT_NAME));
  copyFileSync(files.dock, join(folder, DOCK_NAME));
  writeFileSync(join(aside, 'kernel32.dll'), changed);
  for (const file of [join(folder, AGENT_NAME), join(folder, DOCK_NAME), join(aside, 'kernel32.dll')]) own(file, owner);
  try {
    renameSync(aside, place);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    if (!existsSync(place)) throw error;
  }
  return true;
}

function own(path: string, owner: Owner): void {
  if (process.getuid?.() === 0) chownSync(path, owner.uid, owner.gid);
}

function stampOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}
