// The agent enters every process of a Windows VM before the program's own code: Wine loads kernel32 into each process
// first of all, and the VM is shown a kernel32 that imports the agent before anything else. Services, children and what
// Wine starts by itself are no exceptions, and nothing has to be put into a process from outside. Where 32-bit Wine is
// installed, the same is done to its kernel32, with an agent of 32 bits.
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
import { type AgentFiles, agentFiles } from '../../native/engine.js';
import type { Base } from './base.js';
import { withFirstImport } from './first_import.js';
import { makeTraversable } from './traverse.js';
import { type WineInstall, wineLibrary } from './wine.js';
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
const WINDOWS = 'drive_c/windows';

/** An agent for processes of one width. */
interface Half {
  agent: string;
  /** Wine's own kernel32 for them, and the name under which the changed one is kept. */
  kernel: string;
  changed: string;
  /** Where their system libraries are. */
  system: string;
}

/** Makes ready what the agent needs, once for each Wine, build and owner. Null where it was not built or this Wine has no kernel32 that we can change. */
export function ensureAgent(base: Base, wine: WineInstall, owner: Owner): Agent | null {
  const files = agentFiles();
  const halves = files === null ? [] : halvesOf(files, wine);
  if (files === null || halves.length === 0) return null;
  const place = join(
    base.path,
    '..',
    `agent-${stampOf([files.dock, ...halves.flatMap((half) => [half.agent, half.kernel])])}`,
  );
  if (!existsSync(place) && !build(place, files.dock, halves, owner)) return null;
  return {
    over: join(place, 'prefix'),
    steps: halves.map(({ kernel, changed }) => ({ do: 'bind', to: kernel, from: join(place, changed), write: false })),
    dock: `C:\\windows\\system32\\${DOCK_NAME}`,
  };
}

/** That of 64 bits first; none where that cannot be had. */
function halvesOf(files: AgentFiles, wine: WineInstall): Half[] {
  const kernel = wineLibrary(wine, 64, 'kernel32.dll');
  const kernel32 = wine.has32 ? wineLibrary(wine, 32, 'kernel32.dll') : null;
  if (kernel === null) return [];
  const halves: Half[] = [{ agent: files.agent, kernel, changed: 'kernel32.dll', system: 'system32' }];
  if (files.agent32 !== null && kernel32 !== null)
    halves.push({ agent: files.agent32, kernel: kernel32, changed: 'kernel32.32.dll', system: 'syswow64' });
  return halves;
}

function build(place: string, dock: string, halves: readonly Half[], owner: Owner): boolean {
  const kernels = halves.map(({ kernel }) => withFirstImport(readFileSync(kernel), AGENT_NAME, SYMBOL));
  if (kernels.some((kernel) => kernel === null)) return false;
  // Beside its place and then moved there whole: others may be at it too, and make the same.
  const aside = `${place}.${process.pid}`;
  makeTraversable(aside, owner);
  halves.forEach((half, i) => {
    const system = folders(join(aside, 'prefix'), `${WINDOWS}/${half.system}`, owner);
    // What programs of 32 bits call system32 is syswow64: they look for the dock there when they start it.
    const copies = [
      [half.agent, AGENT_NAME],
      [dock, DOCK_NAME],
    ] as const;
    for (const [from, name] of copies) {
      copyFileSync(from, join(system, name));
      own(join(system, name), owner);
    }
    writeFileSync(join(aside, half.changed), kernels[i] as Uint8Array);
    own(join(aside, half.changed), owner);
  });
  try {
    renameSync(aside, place);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    if (!existsSync(place)) throw error;
  }
  return true;
}

/** Makes `top` and the folders below it, one by one; the last of them. */
function folders(top: string, below: string, owner: Owner): string {
  let folder = top;
  for (const part of ['', ...below.split('/')]) {
    folder = join(folder, part);
    mkdirSync(folder, { mode: 0o755, recursive: true });
    own(folder, owner);
  }
  return folder;
}

function own(path: string, owner: Owner): void {
  if (process.getuid?.() === 0) chownSync(path, owner.uid, owner.gid);
}

function stampOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}
