// The folder a bench works in, with its programs built.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCES = ['../../fixtures/programs/bench/', '../fixtures/programs/bench/']
  .map((place) => fileURLToPath(new URL(place, import.meta.url)))
  .find((folder) => existsSync(folder)) as string;

export class Lab {
  /** Not below /tmp, which every VM has for itself. */
  readonly folder = mkdtempSync(join(process.getuid?.() === 0 ? '/opt' : homedir(), 'shuttle-bench-'));
  /** Where the programs are: a program's own folder, which its VM sees. */
  readonly programs = join(this.folder, 'programs');

  constructor() {
    chmodSync(this.folder, 0o755);
    mkdirSync(this.programs, { mode: 0o755 });
    for (const name of readdirSync(SOURCES)) {
      const built = name === 'part.c' ? null : /^(.*)\.c$/.exec(name)?.[1];
      if (built)
        execFileSync('cc', ['-O2', '-o', join(this.programs, built), join(SOURCES, name)], { stdio: 'inherit' });
      else copyFileSync(join(SOURCES, name), join(this.programs, name));
    }
  }

  program(name: string): string {
    return join(this.programs, name);
  }

  /** A new folder of that name. */
  room(name: string): string {
    const path = join(this.folder, name);
    mkdirSync(path, { mode: 0o755 });
    return path;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
