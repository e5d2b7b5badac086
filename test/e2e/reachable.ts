// Where the clone's folder is closed to an ordinary user, as one below /root is, the tests run a copy of what was built.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The command line's file, which whoever tests may read. */
    main: string;
  }
}

const clone = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = 'dist/cli/main.js';
const BUILT = ['package.json', 'dist', 'native/build', 'node_modules'];

export default function setup(project: TestProject): (() => void) | undefined {
  const closed = process.getuid?.() === 0 && !anybodyReads(join(clone, MAIN));
  const folder = closed ? copied() : clone;
  project.provide('main', join(folder, MAIN));
  return closed ? () => rmSync(folder, { recursive: true }) : undefined;
}

const anybodyReads = (file: string): boolean =>
  spawnSync('setpriv', ['--reuid=54321', '--regid=54321', '--clear-groups', 'test', '-r', file]).status === 0;

function copied(): string {
  const folder = mkdtempSync('/opt/shuttle-built-');
  chmodSync(folder, 0o755);
  const copy = (...how: string[]) =>
    execFileSync('cp', ['-a', ...how, '--parents', ...BUILT, folder], { cwd: clone, stdio: 'pipe' });
  try {
    copy('--link');
  } catch {
    copy(); // on another disk
  }
  return folder;
}
