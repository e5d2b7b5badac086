// What the rows about Windows programs across VMs share.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CompiledRule, NO_CONDITIONS } from '../../native/contract/rules.js';
import type { Op } from '../../native/contract/words.js';
import type { Lab } from '../lab.js';

export const COMPILER = '/usr/bin/x86_64-w64-mingw32-gcc';

/** A folder or file of fixtures/programs, from the sources and from what is built of them. */
export function fixture(path: string): string {
  const places = ['../../../fixtures/programs/', '../../fixtures/programs/'].map((place) =>
    fileURLToPath(new URL(`${place}${path}`, import.meta.url)),
  );
  return places.find((place) => existsSync(place)) as string;
}

/** Builds a program of fixtures/programs/windows; its path. */
export function builtWindows(lab: Lab, name: string, ...flags: string[]): string {
  const to = join(lab.programs, `${name}.exe`);
  if (!existsSync(to)) execFileSync(COMPILER, ['-O2', '-s', '-o', to, fixture(`windows/${name}.c`), ...flags]);
  return to;
}

export const rule = (id: string, ops: readonly Op[], from: string, to: string, object: string): CompiledRule => ({
  ...NO_CONDITIONS,
  ...{ id, allow: true, ops, from, to, object: [object], fold: true },
});
