// The protected set as paths, in the words of the programs that were recorded.
import { homedir } from 'node:os';
import { protectedNames } from '../tracer/vm/protected.js';
import type { LoadedRun } from './load/load.js';

/** Protected paths under every home that the runs know, and the same as a Windows program sees them. */
export function protectedPathsOf(runs: readonly LoadedRun[]): string[] {
  const known = runs.flatMap(({ info }) => Object.values(info.vms).map(({ variables }) => variables.home));
  const homes = new Set([...known.filter((home) => home?.startsWith('/')), homedir()]);
  const paths = [...new Set([...homes].flatMap((home) => protectedNames(home as string, [])))];
  return [...paths, ...paths.map((path) => `Z:${path.replaceAll('/', '\\')}`)];
}
