// The pure parts of the engine's files/, as tests ask them through the addon.
import type { CompiledRule } from './contract/rules.js';
import type { Zone } from './contract/vm.js';

export interface FoundFile {
  zone: Zone;
  here?: boolean;
  folderHere?: boolean;
  onHost?: boolean;
  folderOnHost?: boolean;
  otherVm?: boolean;
  learning?: boolean;
}

export interface FileFunctions {
  files: {
    canonical(path: string): string;
    isCanonical(path: string): boolean;
    isLibrary(path: string): boolean;
    driveName(path: string, drives: readonly { letter: string; path: string }[]): string;
    zoneOf(
      zones: readonly { path: string; zone: Zone; from: string }[],
      path: string,
    ): { zone: Zone; host: string; back: string };
    /** Whether the preloaded reader opens it without asking. */
    isBasePath(path: string): boolean;
    /** What the filter of a learning VM does with an openat of these flags. */
    answerToOpen(reader: boolean, flags: number, fromGate: boolean, i386?: boolean): 'allowed' | 'trapped' | 'refused';
    /** What the filter of an enforcing VM named `app` does with it. */
    answerUnderRules(
      rules: readonly CompiledRule[],
      windows: boolean,
      flags: number,
    ): 'allowed' | 'trapped' | 'refused';
    course(found: FoundFile, what: 'read' | 'change' | 'create'): string;
  };
}
