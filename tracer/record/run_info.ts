// run.json: what a run folder says of its run. Until a run is over it says `torn` already, so that nothing has to be
// written for a crash to be told.
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ShuttleError } from '../../native/contract/problem.js';
import type { Mode } from '../../native/contract/vm.js';
import { FORMAT } from '../../native/contract/words.js';
import type { Ledger } from '../../native/recorder.js';
import { completed, wrongIn } from './run_json.js';

export interface RunVm {
  program: readonly string[];
  windows?: string | null;
  exit_code: number | null;
  variables: Readonly<Record<string, string>>;
}

/** run.json, as section 6 of the design has it. */
export interface RunInfo {
  format: number;
  shuttle: string;
  id: string;
  system: string;
  mode: Mode;
  started: string;
  duration_ms: number;
  outcome: 'ok' | 'failed' | 'timeout' | 'interrupted' | 'torn';
  exit_code: number | null;
  complete: boolean;
  host: { kernel: string; wine?: string | null; machine: string };
  vms: Readonly<Record<string, RunVm>>;
  ledger: Ledger;
  /** The process that records the run; gone once run.json is final. */
  recorder?: { pid: number; start: string };
}

/** What is known when a run begins. */
export type RunBeginning = Omit<
  RunInfo,
  'format' | 'duration_ms' | 'outcome' | 'exit_code' | 'complete' | 'ledger' | 'recorder'
>;

const PADDED = 16384;

export const runFile = (folder: string): string => join(folder, 'run.json');

export const NO_LEDGER: Ledger = {
  engine: { seen: 0, stored: 0, lost: 0 },
  agent: { seen: 0, stored: 0, lost: 0 },
  dock: { seen: 0, stored: 0, lost: 0 },
};

/** Writes run.json for a run that begins in this process. Call it again when more is known. Throws RUN_FOLDER_UNWRITABLE. */
export function beginRun(folder: string, run: RunBeginning): void {
  const info: RunInfo = {
    format: FORMAT,
    ...run,
    duration_ms: 0,
    outcome: 'torn',
    exit_code: null,
    complete: false,
    ledger: NO_LEDGER,
    recorder: { pid: process.pid, start: startOf(process.pid) ?? '' },
  };
  // Room for the final text, should the disk be full by then.
  write(folder, textOf(info).padEnd(PADDED));
}

/** Writes run.json anew, final if it names no recorder. Throws RUN_FOLDER_UNWRITABLE. */
export function writeRunInfo(folder: string, info: RunInfo): void {
  write(folder, textOf(info));
}

/** Reads run.json. Throws RUN_NOT_A_RUN, RUN_FORMAT or RUN_UNREADABLE. */
export function readRunInfo(folder: string): RunInfo {
  const file = runFile(folder);
  const info = parsed(file);
  if (info.format !== FORMAT)
    throw new ShuttleError({ code: 'RUN_FORMAT', folder, format: String(info.format), known: FORMAT });
  const wrong = wrongIn(info);
  if (wrong !== null) throw new ShuttleError({ code: 'RUN_UNREADABLE', file, error: wrong });
  return completed(info);
}

/** Whether the process that records this run still lives; its pid alone could be another's by now. */
export function isRecorded(info: RunInfo): boolean {
  return info.recorder !== undefined && startOf(info.recorder.pid) === info.recorder.start;
}

/** When a process began, in the kernel's ticks; null where there is none, or one that ended and only was not waited for. */
export function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const words = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A first thread that has ended may leave others at work.
    const ended = words[0] === 'Z' && Number(words[17]) <= 1;
    return ended ? null : (words[19] ?? null);
  } catch {
    return null;
  }
}

const textOf = (info: RunInfo): string => `${JSON.stringify(info, null, 2)}\n`;

function write(folder: string, text: string): void {
  const file = runFile(folder);
  const half = `${file}.${process.pid}.part`;
  try {
    writeFileSync(half, text, { mode: 0o600 });
    renameSync(half, file);
  } catch (error) {
    rmSync(half, { force: true });
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if (code === 'ENOSPC' || code === 'EDQUOT') if (overwrite(file, text)) return;
    throw new ShuttleError({ code: 'RUN_FOLDER_UNWRITABLE', folder, error: code });
  }
}

/** On a full disk: into the room that is there already. */
function overwrite(file: string, text: string): boolean {
  if (!existsSync(file)) return false;
  const fd = openSync(file, 'r+');
  try {
    const room = fstatSync(fd).size;
    const bytes = Buffer.from(text);
    if (bytes.length > room) return false;
    const all = Buffer.alloc(room, ' ');
    all.set(bytes);
    return writeSync(fd, all, 0, all.length, 0) === all.length;
  } catch {
    return false;
  } finally {
    closeSync(fd);
  }
}

function parsed(file: string): Partial<RunInfo> {
  try {
    const info: unknown = JSON.parse(readFileSync(file, 'utf8').replace(/^\ufeff/, ''));
    if (typeof info === 'object' && info !== null && !Array.isArray(info)) return info;
    throw new Error('it is no JSON object');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new ShuttleError({ code: 'RUN_NOT_A_RUN', folder: dirname(file), missing: 'it has no run.json' });
    throw new ShuttleError({ code: 'RUN_UNREADABLE', file, error: message });
  }
}
