// Brings a run folder to its final state, whatever happened to the run.
import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { ShuttleError } from '../../native/contract/problem.js';
import { FORMAT, SOURCES, type Source } from '../../native/contract/words.js';
import type { Ledger } from '../../native/recorder.js';
import { isRecorded, NO_LEDGER, type RunInfo, readRunInfo, runFile, writeRunInfo } from './run_info.js';
import { TABLE_NAMES } from './schema.js';
import { streamFile } from './stream.js';
import { startThread } from './thread.js';

/**
 * Makes files of the streams that are left, in a thread of its own, and marks a run whose recorder died as torn. Does
 * nothing to a run that is finished. Throws RUN_STILL_RECORDED, RUN_NOT_A_RUN, RUN_FORMAT, RUN_UNREADABLE, RECORD_FAILED.
 */
export async function finishRun(folder: string): Promise<void> {
  const before = infoOf(folder);
  if (before.recorder && before.recorder.pid !== process.pid && isRecorded(before))
    throw new ShuttleError({ code: 'RUN_STILL_RECORDED', folder, pid: before.recorder.pid });
  const died = before.recorder !== undefined || !existsSync(runFile(folder));
  const streams = TABLE_NAMES.some((table) => existsSync(streamFile(folder, table)));
  if (!died && !streams) return;
  const { problems, torn, facts } = await startThread({ do: 'finish', folder, count: died }).over;
  if (problems[0]) throw new ShuttleError(problems[0]);
  if (died && facts) writeRunInfo(folder, mended(before, facts));
  else if (torn && before.complete) writeRunInfo(folder, { ...before, outcome: 'torn', complete: false });
}

/** Rows by source, and the last one's time in nanoseconds. */
export interface Facts {
  sources: readonly number[];
  last: bigint;
}

/** What a torn run's run.json says in the end: what was stored is known, what was lost in the last moment is not. */
function mended(info: RunInfo, { sources, last }: Facts): RunInfo {
  const { recorder: _, ...rest } = info;
  const stored = (...names: Source[]) => names.reduce((sum, name) => sum + (sources[SOURCES.indexOf(name)] ?? 0), 0);
  const line = (count: number) => ({ seen: count, stored: count, lost: 0 });
  const ledger: Ledger = {
    engine: line(stored('engine', 'seen')),
    agent: line(stored('agent')),
    dock: line(stored('dock')),
  };
  return { ...rest, duration_ms: Number(last / 1_000_000n), outcome: 'torn', complete: false, ledger };
}

/** A folder that has streams but lost its run.json is a run all the same; its place tells its names. */
function infoOf(folder: string): RunInfo {
  if (existsSync(runFile(folder)) || !TABLE_NAMES.some((table) => existsSync(streamFile(folder, table))))
    return readRunInfo(folder);
  return {
    format: FORMAT,
    shuttle: 'unknown',
    id: basename(folder),
    system: basename(dirname(folder)),
    mode: 'allow',
    started: startedAt(basename(folder)),
    duration_ms: 0,
    outcome: 'torn',
    exit_code: null,
    complete: false,
    host: { kernel: 'unknown', machine: 'unknown' },
    vms: {},
    ledger: NO_LEDGER,
  };
}

/** The time in a run's id: `20261122T101500Z-7f3a`. */
function startedAt(id: string): string {
  const parts = id.match(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-/);
  if (!parts) return new Date(0).toISOString();
  const [, year, month, day, hour, minute, second] = parts;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
}
