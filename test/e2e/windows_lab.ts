// A folder with a Windows program of ours, and the commands run there as a user would.
import { execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findWine } from '../../tracer/windows/wine.js';
import { Lab, type Who } from './lab.js';

const source = fileURLToPath(new URL('../../fixtures/programs/windows/probe.c', import.meta.url));
const COMPILERS = { 32: 'i686-w64-mingw32-gcc', 64: 'x86_64-w64-mingw32-gcc' } as const;
type Bits = keyof typeof COMPILERS;

const compiles = (bits: Bits): boolean => spawnSync(COMPILERS[bits], ['--version']).status === 0;

const wine = findWine();
export const has32 = wine?.has32 === true;
export const compiles32 = compiles(32);

/** Why Windows programs cannot be tested here; null where they can. */
export const lacking: string | null =
  wine === null ? 'no Wine' : compiles(64) ? null : `no ${COMPILERS[64]} to build programs with`;

export const titled = (title: string, lack = lacking): string =>
  lack === null ? title : `${title} (skipped: ${lack})`;

/** Builds the fixture program at `to`. */
export function buildProbe(to: string, bits: Bits = 64): void {
  execFileSync(COMPILERS[bits], ['-municode', '-O1', '-s', '-o', to, source]);
}

export class WindowsLab extends Lab {
  constructor(who: Who) {
    super(who, false);
  }

  readonly probe = join(this.folder, 'program', 'probe.exe');

  /** The first Lab of a user waits for the base prefixes. */
  prepare(): this {
    buildProbe(this.probe);
    return this;
  }

  /** Learns a program for itself, leaving nothing; what it printed, as lines. */
  learn(words: readonly string[], options: readonly string[] = []): SpawnSyncReturns<string> & { lines: string[] } {
    const file = join(this.folder, 'lab', 'learnt.shuttle.yaml');
    if (existsSync(file)) execFileSync('rm', [file]);
    const done = this.command(['learn', '--ephemeral', '-o', file, ...options, ...words]);
    return Object.assign(done, { lines: done.stdout.split(/\r?\n/) });
  }
}
