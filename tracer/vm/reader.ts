// Gives the Linux programs of a learning VM the preloaded reader (native/reader): the loader's own list names it, so that
// no program's environment shows it. What no loader starts, or another C library's, goes without.
import { readFileSync, statSync } from 'node:fs';
import type { Mode, MountStep, VmSpec } from '../../native/contract/vm.js';
import { isAtOrBelow } from './paths.js';
import { SYSTEM_FOLDERS } from './system_folders.js';

/** Where it lies in the VM. */
const AT = '/run/shuttle/reader.so';
const PRELOADED = '/etc/ld.so.preload';

export interface ReaderInput {
  mode: Mode;
  /** The library on the host, and what the host itself has preloaded. */
  library: string;
  preloaded: string;
  /** The VM's own variables: `SHUTTLE_READER: off` goes without, as sanitizers want to be loaded first. */
  env: Readonly<Record<string, string>>;
}

/** Nothing where the VM goes without. */
export function readerSteps({ mode, library, preloaded, env }: ReaderInput): MountStep[] {
  if (mode !== 'allow' || env.SHUTTLE_READER === 'off') return [];
  const before = preloaded === '' || preloaded.endsWith('\n') ? preloaded : `${preloaded}\n`;
  return [
    { do: 'bind', to: AT, from: library, write: false },
    { do: 'file', to: PRELOADED, mode: 0o644, text: `${before}${AT}\n` },
  ];
}

/** Whether reads below the system's folders need no asking: nothing else is shown or hidden there. */
export const mayReadUnasked = ({ steps, zones, hidden }: Pick<VmSpec, 'steps' | 'zones' | 'hidden'>): boolean =>
  steps.some((step) => step.to === AT) &&
  ![...zones.filter(({ zone }) => zone !== 'base').map(({ path }) => path), ...hidden].some((path) =>
    SYSTEM_FOLDERS.some((folder) => isAtOrBelow(path, folder)),
  );

/** What `readerSteps` asks of this machine; null where the library cannot be given to programs. */
export function readerOnHost(library: string): Pick<ReaderInput, 'library' | 'preloaded'> | null {
  const found = statSync(library, { throwIfNoEntry: false });
  const readable = found?.isFile() && (found.uid === process.getuid?.() || (found.mode & 0o004) !== 0);
  return readable && process.arch === 'x64' ? { library, preloaded: textOf(PRELOADED) } : null;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
