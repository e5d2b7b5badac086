// Begins the record of a run where the system's runs are.
import { arch, release } from 'node:os';
import type { RunBeginning } from '../record/run_info.js';
import { openRunLog as record } from '../record/run_log.js';
import { version } from '../version.js';
import { newRunFolder, removeEmptyAbove } from './folders.js';
import type { RunLog } from './ports.js';
import type { RunRequest } from './system.js';

const MACHINES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/** Makes the run's folder and begins its record. Throws RUN_FOLDER_UNWRITABLE. */
export async function openRunLog({ system, mode }: RunRequest, id: string): Promise<RunLog> {
  const host: RunBeginning['host'] = { kernel: release(), wine: null, machine: MACHINES[arch()] ?? arch() };
  const started = new Date().toISOString();
  const folder = newRunFolder(system, id);
  const log = await record(folder, { shuttle: version, id, system: system.name, mode, started, host, vms: {} });
  return {
    ...log,
    discard: async () => {
      await log.discard();
      removeEmptyAbove(folder);
    },
    began: (vm, note) => {
      host.wine ??= note.wine ?? null; // known once the first Windows VM was prepared
      log.began(vm, note);
    },
  };
}
