// Files below a folder, and one hash over many files: what decides whether something must be built again.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of the files below `folder` whose name matches, sorted; folders named in `skip` are left out. */
export function filesUnder(folder, match, skip) {
  if (!existsSync(folder)) return [];
  const found = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!skip.has(entry.name)) found.push(...filesUnder(path, match, skip));
    } else if (match.test(entry.name)) found.push(path);
  }
  return found.sort();
}

/** SHA-256 over names (relative to `root`) and contents; a missing file counts as empty. */
export function hashOf(root, files, extra) {
  const hash = createHash('sha256').update(extra);
  for (const file of files) {
    const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
    hash.update(`\n${file.slice(root.length)} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}
