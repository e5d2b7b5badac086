// What the tests of Windows programs in VMs share: fixtures built by mingw, and why they cannot run where they cannot.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { agentFiles } from '../../native/engine.js';
import { findWine } from '../../tracer/windows/wine.js';
import type { Lab, Ran } from './lab.js';

const COMPILER = '/usr/bin/x86_64-w64-mingw32-gcc';
const sources = fileURLToPath(new URL('../../fixtures/programs/windows/', import.meta.url));

/** Why Windows programs with an agent cannot be tested here; empty where they can. */
export const lacking =
  findWine() === null
    ? 'no Wine on this machine'
    : !existsSync(COMPILER) || agentFiles() === null
      ? 'no mingw-w64 on this machine'
      : '';

/** For a test's title. */
export const why = lacking === '' ? '' : ` (skipped: ${lacking})`;

/** Builds a fixture of fixtures/programs/windows; its path. */
export function buildWindows(lab: Lab, name: string, ...libraries: string[]): string {
  const to = join(lab.folder, 'program', `${name}.exe`);
  execFileSync(COMPILER, ['-O1', '-s', '-o', to, join(sources, `${name}.c`), ...libraries]);
  return to;
}

/** A command as the system file's YAML has it. */
export const words = (...command: string[]): string => `[${command.map((word) => `'${word}'`).join(', ')}]`;

/** The lines a program printed. */
export const lines = (ran: Ran): string[] => ran.out.replace(/\r/g, '').trim().split('\n');

/** The rules of the system file about an operation, without what says where they come from. */
export function rulesFor(lab: Lab, allowed: RegExp): Record<string, unknown>[] {
  const { rules } = parse(readFileSync(lab.file, 'utf8')) as { rules: Record<string, unknown>[] };
  return rules
    .filter((rule) => allowed.test(String(rule.allow)))
    .map(({ id, state, needed, evidence, ...said }) => said);
}
