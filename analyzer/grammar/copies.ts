// Runs that met exactly the names of an earlier run. Nothing that changes from run to run can be in them, so they are no
// evidence of what varies and what returns; adding one changes counts only.
import { createHash, type Hash } from 'node:crypto';

interface Named {
  runs: readonly string[];
  names: readonly { name: string; sightings: readonly { run: number }[] }[];
}

/** Ids of runs, each with the earlier run that it equals in every name of every group. */
export function copiesAmong(groups: readonly Named[]): Map<string, string> {
  const signatures = new Map<string, Hash>();
  for (const [at, group] of groups.entries()) {
    for (const [number, { sightings }] of group.names.entries()) {
      for (const { run } of sightings) signatureOf(signatures, group.runs[run]!).update(`${at}.${number} `);
    }
  }
  const originals = new Map<string, string>();
  const copies = new Map<string, string>();
  for (const [run, hash] of [...signatures].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const signature = hash.digest('hex');
    const original = originals.get(signature);
    if (original === undefined) originals.set(signature, run);
    else copies.set(run, original);
  }
  return copies;
}

function signatureOf(signatures: Map<string, Hash>, run: string): Hash {
  const known = signatures.get(run);
  if (known !== undefined) return known;
  const hash = createHash('sha256');
  signatures.set(run, hash);
  return hash;
}
