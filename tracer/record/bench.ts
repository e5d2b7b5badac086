// Rows per second through the engine's own interface to the stream on disk: for the bench.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Recorder } from './recorder.js';

export interface RecorderFigures {
  rows: number;
  lost: number;
  /** From the first row to the last one on disk, the finishing included. */
  rowsPerSecond: number;
  /** From the first row to when the engine could go on. */
  recordedPerSecond: number;
  /** The process's largest size so far, in bytes. */
  rss: number;
}

/** Records rows from native threads, a thousandth of them with a new name. */
export async function benchRecorder(
  rows = 3_000_000,
  threads = 1,
  names = Math.ceil(rows / 1000),
): Promise<RecorderFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'shuttle-bench-'));
  try {
    const recorder = await Recorder.open(folder);
    const began = performance.now();
    const { kept, ns } = await recorder.native.selfTest({ rows, threads, names });
    await recorder.close();
    const seconds = (performance.now() - began) / 1000;
    const rss = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) * 1024;
    const lost = rows - (recorder.complete ? kept : 0);
    return { rows, lost, rowsPerSecond: rows / seconds, recordedPerSecond: (kept / ns) * 1e9, rss };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
