// The engine as the addon offers it (native/addon/engine.cc).
import type { EngineEvent, EngineSpec, VmSpec } from './contract/vm.js';
import type { NativeRecorder } from './recorder.js';

export interface LaunchSpec {
  argv: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  stdio: readonly [number, number, number];
}

/** Everything outside the VMs that decides, carries and records. One per run. */
export interface NativeEngine {
  /** Starts a VM; `pid` is its program's, as the host sees it. Throws an error with `step` and `errno`. */
  start(spec: VmSpec): { pid: number };
  /** Starts one more program in a running VM; gives its pid on the host. Throws like `start`. */
  launch(vm: string, program: LaunchSpec): number;
  /** Ends a VM: asks its programs to end and then kills them; asked again, kills them now. */
  kill(vm: string): void;
  /** Ends every VM and stops listening; no event comes afterwards. */
  close(): void;
}

export interface EngineOptions extends EngineSpec {
  /** Path of the init executable. */
  init: string;
  /** Private folder where engines of one system, in several terminals, find each other's VMs; created if missing. */
  meeting?: string;
  /** File that names the host's name servers; /etc/resolv.conf where it is not given. */
  resolvConf?: string;
  /** Goes without pidfds of threads, as on kernels before 6.9: for tests. */
  noThreadPidfds?: boolean;
}

export type NativeEngineConstructor = new (
  options: EngineOptions,
  recorder: NativeRecorder,
  onEvent: (event: EngineEvent) => void,
) => NativeEngine;
