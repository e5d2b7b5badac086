// A system as the session runs it: plain values, every path of the host absolute. policygen makes it of a system file.
import type { CompiledRule } from '../../native/contract/rules.js';
import type { Mode } from '../../native/contract/vm.js';
import type { Op } from '../../native/contract/words.js';

export type WindowsVersion = 'win7' | 'win8' | 'win81' | 'win10' | 'win11';

/** Limits of one VM: bytes, counts and seconds; 0 is no limit. */
export interface VmLimits {
  memory: number;
  processes: number;
  cpu: number;
  disk: number;
  wall: number;
}

export const NO_LIMITS: VmLimits = { memory: 0, processes: 0, cpu: 0, disk: 0, wall: 0 };

/** What a VM serves or makes once those that come after it may start. */
export interface Ready {
  op: Op;
  object: string;
}

export interface VmDescription {
  name: string;
  program: readonly string[];
  /** Inside the VM; null is the folder the system file stands in, or the program's own. */
  cwd: string | null;
  user: string | null;
  windows: WindowsVersion | null;
  display: 'none' | 'private' | 'host';
  limits: VmLimits;
  /** Path inside the VM to path of the host. */
  mounts: Readonly<Record<string, string>>;
  env: Readonly<Record<string, string>>;
  setup: readonly (readonly string[])[];
  after: readonly string[];
  ready: Ready | null;
}

/** A VM with nothing set that a system file may leave out. */
export const plainVm = (name: string, program: readonly string[]): VmDescription => ({
  name,
  program,
  cwd: null,
  user: null,
  windows: null,
  display: 'none',
  limits: NO_LIMITS,
  mounts: {},
  env: {},
  setup: [],
  after: [],
  ready: null,
});

export interface System {
  name: string;
  /** The system file, or null for a program that has none yet. */
  file: string | null;
  /** Folder that relative paths, `check` and `.shuttle/` belong to. */
  folder: string;
  main: string;
  vms: readonly VmDescription[];
  check: string | null;
}

export type Payload = 'none' | 'head' | 'full';
export type Outcome = 'ok' | 'failed' | 'timeout' | 'interrupted' | 'torn';

/** One execution that is asked for. */
export interface RunRequest {
  system: System;
  rules: readonly CompiledRule[];
  mode: Mode;
  audit: boolean;
  payload: Payload;
  /** Paths of the protected set that are shown all the same. */
  expose: readonly string[];
  /** Seconds until the run is ended; 0 is never. */
  timeout: number;
  /** Leave no layer behind. */
  ephemeral: boolean;
  /** Run this VM alone and join those already running; null runs them all. */
  only: string | null;
  /** Not the first of several runs that begin from the same private files, and not the last. */
  again?: boolean;
  more?: boolean;
  /** The programs' own output goes to our standard error, for our standard output holds a document. */
  quietOutput: boolean;
}

/** What became of it. */
export interface RunResult {
  folder: string;
  id: string;
  outcome: Outcome;
  /** As the shell would see it: the program's code, 128 + signal, 124, or 1 for a failed check. */
  exitCode: number;
  complete: boolean;
  checkFailed: boolean;
  /** What went wrong without ending the run. */
  remarks: readonly string[];
  durationMs: number;
}
