// What a session needs of the rest of the tracer, so that its course can be tested without a kernel.
import type { Problem } from '../../native/contract/problem.js';
import type { EngineEvent, EngineSpec, VmSpec } from '../../native/contract/vm.js';
import type { Outcome, RunRequest, VmDescription } from './system.js';

/** The native engine as the session calls it. `start` throws an error with `step` and `errno`. */
export interface Engine {
  start(spec: VmSpec): { pid: number };
  kill(vm: string): void;
  close(): void;
}

/** A run folder that is being written. */
export interface RunLog {
  readonly folder: string;
  /** What the engine takes to record into. */
  readonly native: unknown;
  /** Notes a VM for run.json, as it is started. */
  began(vm: string, note: VmNote): void;
  exited(vm: string, code: number): void;
  /** Writes what is left, and run.json. */
  finish(summary: {
    outcome: Outcome;
    exitCode: number | null;
    durationMs: number;
  }): Promise<{ complete: boolean; problems: readonly Problem[] }>;
  /** Instead of `finish`, for a run in which nothing was started: it leaves no folder. */
  discard(): Promise<void>;
}

export interface VmNote {
  program: readonly string[];
  windows: string | null;
  /** Wine's version. */
  wine?: string | null;
  variables: Readonly<Record<string, string>>;
}

/** A VM that can be started, any number of times, until it is released. */
export interface Planned {
  /** Host id of the user its programs run as. */
  owner?: number | undefined;
  /** Wine's version and the Windows version the programs are told, where they are Windows programs. */
  readonly wine: { version: string; windows: string } | null;
  /** What the engine is told, for this program and these descriptors. */
  spec(program: readonly string[], stdio: readonly [number, number, number]): VmSpec;
  /** Folder of what the VM writes, or null where it leaves nothing. */
  readonly layer: string | null;
  readonly setup: { done(commands: string): boolean; note(commands: string): void };
  /** Setup is done and the program is about to start. */
  ready(): void;
  /** After the VM's last process is gone: sync, unlock, and remove what was ephemeral. */
  release(): Promise<void>;
}

/** The three descriptors a program gets, and what keeps them going. */
export interface Stdio {
  readonly descriptors: readonly [number, number, number];
  /** Called once the program has its own copies. */
  handedOver(): void;
  /** Resolves when everything the program wrote has arrived. */
  drained(): Promise<void>;
  close(): void;
}

/** Whether the program has shown anything since Ctrl-C was typed: then it lives with it, as shells and editors do. */
export type Answered = () => boolean;

export interface StdioOptions {
  /** Whose a terminal becomes. */
  owner?: number | undefined;
  main: boolean;
  /** Our standard output holds a document: the main program's goes to standard error too. */
  quiet: boolean;
  /** Windows programs take files for their output. */
  windows: boolean;
  /** The person pressed Ctrl-C at the private terminal. */
  onInterrupt: (answered: Answered) => void;
}

/** What a check is told of the run it judges. */
export interface CheckedRun {
  /** The system's folder, and the run's. */
  folder: string;
  run: string;
  /** Folder of each VM's layer. */
  layers: Readonly<Record<string, string>>;
  quiet: boolean;
}

export interface Ports {
  engine(spec: EngineSpec, log: RunLog, onEvent: (event: EngineEvent) => void): Engine;
  log(request: RunRequest, id: string): Promise<RunLog>;
  plan(vm: VmDescription, request: RunRequest): Promise<Planned>;
  /** The main program alone gets our standard input and output; what others write goes to our standard error. */
  stdio(options: StdioOptions): Stdio;
  /** Runs the system's check in the system's folder; its exit code. */
  check(command: string, about: CheckedRun): Promise<number>;
  /** Sends a signal to a program as the host sees it. */
  signal(pid: number, name: 'SIGINT'): void;
  now(): number;
  /** Calls back after milliseconds; the answer cancels. */
  after(ms: number, call: () => void): () => void;
}
