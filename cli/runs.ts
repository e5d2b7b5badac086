// Runs as they are named on a command line.
import { findRun } from '../tracer/session/folders.js';

/** The folders of runs named by path or id; a torn one is finished first. Throws RUN_UNKNOWN, RUN_NOT_A_RUN. */
export async function runFolders(named: readonly string[]): Promise<string[]> {
  return named.map((name) => findRun(name, process.cwd()));
}
