// A run folder while its run goes on: the recorder, and run.json at the beginning and at the end.
import { rmSync } from 'node:fs';
import { type Problem, ShuttleError } from '../../native/contract/problem.js';
import type { RecorderOptions } from '../../native/recorder.js';
import type { RunLog, VmNote } from '../session/ports.js';
import { Recorder } from './recorder.js';
import { beginRun, type RunBeginning, type RunInfo, type RunVm, readRunInfo, writeRunInfo } from './run_info.js';

/** What became of the record itself. */
export interface LogEnd {
  complete: boolean;
  /** Why rows were lost, where they were. */
  problems: readonly Problem[];
}

export interface RecordedRun extends RunLog {
  readonly recorder: Recorder;
  finish(summary: Parameters<RunLog['finish']>[0]): Promise<LogEnd>;
}

/**
 * Begins to record into a run folder that was just made. Until it is finished, the folder says of itself that the run
 * was torn. Throws RUN_FOLDER_UNWRITABLE.
 */
export async function openRunLog(
  folder: string,
  beginning: RunBeginning,
  options: RecorderOptions = {},
): Promise<RecordedRun> {
  const vms: Record<string, RunVm> = { ...beginning.vms };
  // A crash must not take along which programs there were; a full disk must not end the run.
  const note = (vm: string, said: RunVm): void => {
    vms[vm] = said;
    try {
      beginRun(folder, { ...beginning, vms });
    } catch (error) {
      if (!(error instanceof ShuttleError)) throw error;
    }
  };
  beginRun(folder, beginning);
  const recorder = await Recorder.open(folder, options);
  return {
    folder,
    recorder,
    native: recorder.native,
    began: (vm, told) => note(vm, described(told)),
    exited: (vm, code) => note(vm, { ...(vms[vm] ?? described(UNTOLD)), exit_code: code }),
    finish: async ({ outcome, exitCode, durationMs }) => {
      const ledger = await recorder.close();
      const { complete, problems } = recorder;
      const { recorder: _, ...begun } = readRunInfo(folder);
      const info: RunInfo = { ...begun, duration_ms: durationMs, outcome, exit_code: exitCode, complete, vms, ledger };
      writeRunInfo(folder, info);
      return { complete, problems };
    },
    discard: async () => {
      await recorder.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const UNTOLD: VmNote = { program: [], windows: null, variables: {} };

const described = ({ program, windows, variables }: VmNote): RunVm => ({
  program,
  windows,
  exit_code: null,
  variables,
});
