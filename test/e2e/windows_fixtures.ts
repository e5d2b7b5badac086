// What the tests of Windows programs in VMs share: fixtures built by mingw, and why they cannot run where they cannot.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { parse, stringify } from 'yaml';
import { agentFiles } from '../../native/engine.js';
import { findWine } from '../../tracer/windows/wine.js';
import type { Lab, Ran } from './lab.js';

const COMPILERS = { 64: '/usr/bin/x86_64-w64-mingw32-gcc', 32: '/usr/bin/i686-w64-mingw32-gcc' } as const;
const sources = fileURLToPath(new URL('../../fixtures/programs/windows/', import.meta.url));

/** The end of each pair that is a program of 32 bits, as windows_32_*.test.ts have it; none otherwise. */
const THIRTY_TWO = process.env.SHUTTLE_TEST_32 ?? '';
const OWNERS: readonly string[] = [
  ...['pipe_server', 'window_owner', 'clipboard_writer', 'dde_server', 'service_owner', 'leak_victim', 'start_tool'],
];
type End = 'owner' | 'user';

function lackingHere(): string {
  const wine = findWine();
  const files = agentFiles();
  if (wine === null) return 'no Wine on this machine';
  if (!existsSync(COMPILERS[64]) || files === null) return 'no mingw-w64 on this machine';
  if (THIRTY_TWO === '') return '';
  if (!wine.has32) return 'no 32-bit Wine on this machine';
  return !existsSync(COMPILERS[32]) || files.agent32 === null ? 'no mingw-w64 for 32 bits on this machine' : '';
}

/** Why Windows programs with an agent cannot be tested here; empty where they can. */
export const lacking = lackingHere();

/** For a test's title: which end is of 32 bits, and why it is skipped. */
export const why = `${THIRTY_TWO && `, the ${THIRTY_TWO} of 32 bits`}${lacking && ` (skipped: ${lacking})`}`;

/** Builds a fixture of fixtures/programs/windows; its path. */
export function buildWindows(lab: Lab, name: string, ...libraries: string[]): string {
  return buildEnd(lab, OWNERS.includes(name) ? 'owner' : 'user', name, libraries);
}

/** Builds a fixture that is both ends of a pair: the owner's program and the user's. */
export function buildEnds(lab: Lab, name: string, ...libraries: string[]): [owner: string, user: string] {
  return [buildEnd(lab, 'owner', name, libraries), buildEnd(lab, 'user', name, libraries)];
}

function buildEnd(lab: Lab, end: End, name: string, libraries: readonly string[]): string {
  const bits = end === THIRTY_TWO ? 32 : 64;
  const folder = join(lab.folder, 'program', bits === 32 ? '32' : '');
  mkdirSync(folder, { recursive: true });
  const to = join(folder, `${name}.exe`);
  execFileSync(COMPILERS[bits], ['-O1', '-s', '-o', to, join(sources, `${name}.c`), ...libraries]);
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

/**
 * Compares what was learnt between VMs with the file of that name beside the fixtures: all that the programs need of one
 * another, and nothing else. What Wine looks at on the host differs with where the lab's folder is, which files of `lab`
 * are said without.
 */
export async function expectRules(rules: readonly Record<string, unknown>[], name: string, lab?: Lab): Promise<void> {
  const said = stringify(
    rules.filter(({ to }) => to !== 'host'),
    { lineWidth: 0 },
  );
  const text = lab ? said.replaceAll(onZ(lab.folder), 'Z:\\the\\lab') : said;
  await expect(text).toMatchFileSnapshot(join(sources, 'expected', `${name}.rules.yaml`));
}

/** A path of the host as Windows programs have it. */
export const onZ = (path: string): string => `Z:${path.replaceAll('/', '\\')}`;

/** A system of one VM, whose program is the command interpreter. */
export function inOneVm(lab: Lab, command: string): void {
  lab.system(`
shuttle: 1
system: lab
main: one
vms:
  one: { program: ${words('C:\\windows\\system32\\cmd.exe', '/c', command)} }
`);
}

/** The ways in which each kind is run; `rules` are those that were learnt about it. */
export interface FiveRuns {
  alone: Ran;
  learnt: Ran;
  ruled: Ran;
  without: Ran;
  denied: Ran;
  rules: Record<string, unknown>[];
  /** All that were learnt. */
  all: Record<string, unknown>[];
}

/**
 * Runs a system of one VM and one of two, whose system files are written: inside one VM, learning across two, under what
 * was learnt, without the rules whose operation is of `kind`, and learning while nothing is carried. `halfway` is done
 * before rules are taken out.
 */
export function fiveRuns(one: Lab, two: Lab, kind: RegExp, halfway = () => {}, ...denying: string[]): FiveRuns {
  const alone = one.shuttle('learn');
  const learnt = two.shuttle('learn');
  const rules = rulesFor(two, kind);
  const all = rulesFor(two, /./);
  const ruled = two.shuttle('run');
  halfway();
  two.without(({ allow }) => kind.test(String(allow)));
  const without = two.shuttle('run');
  const denied = two.shuttle('learn', '--deny', ...denying, '-o', `${two.file}.denied`);
  return { alone, learnt, ruled, without, denied, rules, all };
}

/** How many rows of the engine, of agents and of docks did not get into the record. */
export function losses({ run }: Ran): number[] {
  const { ledger } = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')) as {
    ledger: Record<string, { lost: number }>;
  };
  return Object.values(ledger).map(({ lost }) => lost);
}

export function lostNothing(runs: readonly Ran[]): void {
  for (const ran of runs) expect(losses(ran)).toEqual([0, 0, 0]);
}
