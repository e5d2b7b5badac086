// What the engine is told when a VM starts. Deciding what a VM looks like is done above (tracer/vm); the engine and
// its init only carry it out, step by step.
import type { CompiledRule, Variables } from './rules.js';

export type Mode = 'allow' | 'deny' | 'enforce';

/** One thing init does while it builds the root, in order. Paths named `to` are inside the VM; `from` are the host's. */
export type MountStep =
  | { do: 'folder'; to: string; mode: number }
  | { do: 'link'; to: string; target: string }
  | { do: 'file'; to: string; mode: number; text: string }
  // `optional`: a host path that cannot be shown becomes an empty folder instead of failing the start
  | { do: 'bind'; to: string; from: string; write: boolean; optional?: boolean }
  // without an upper the writes go to memory; names masked below `to` are missing in it, as if they never were
  | {
      do: 'overlay';
      to: string;
      lower: readonly string[];
      upper: string | null;
      work: string | null;
      volatile: boolean;
      optional?: boolean;
    }
  | { do: 'memory'; to: string; mode: number; bytes: number }
  | { do: 'proc'; to: string }
  | { do: 'devices'; to: string }
  | { do: 'queues'; to: string }
  | { do: 'mask'; to: string };

/** What a path inside the VM is; the longest prefix decides. The engine turns a zone and what it finds into a verdict. */
export type Zone =
  | 'base' // the base system, read-only
  | 'own' // the program's own folder
  | 'mount' // a mount of the system file
  | 'private' // /tmp, /run, /dev/shm and the like: exists only in the VM
  | 'protected' // the protected set: hidden, recorded as blocked
  | 'outside'; // any other host file

export interface Limits {
  /** Bytes of memory, number of processes, seconds of CPU, bytes on disk; 0 is no limit. */
  memory: number;
  processes: number;
  cpu: number;
  disk: number;
}

export interface VmSpec {
  name: string;
  mode: Mode;
  /** Record what was looked for and not found while enforcing, at the cost of trapping every open. */
  audit: boolean;
  /** Its Linux programs were given the preloaded reader, and read the base system without asking. */
  reader?: boolean;
  program: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  /** Host ids the program runs as; never 0. `shift`: files of the invoking root are shown as this user's. */
  user: { uid: number; gid: number; shift: boolean };
  hostname: string;
  steps: readonly MountStep[];
  zones: readonly { path: string; zone: Zone; from: string }[];
  /** More of the zone `protected`, under the host's own names: so many that they are kept plain, and count after `zones`. */
  hidden: readonly string[];
  /** Where an overlay goes when a file below `to` is first written (kept out of the start, since it costs). */
  lazy: readonly { to: string; lower: readonly string[]; upper: string; work: string }[];
  /** Windows drives: how a path of the VM is written for a Windows program. Empty for Linux programs. */
  drives: readonly { letter: string; path: string }[];
  /**
   * Sockets of the host that are hidden unless a rule names them; a folder stands for all in it, a last `*` for any
   * end; what a first `!` names is shown all the same.
   */
  sockets?: readonly string[];
  /** Wine here runs programs of 32 bits too, whose system calls have a table of their own in the filter. */
  windows32?: boolean;
  /** The command that starts the dock of a Windows VM whose programs carry the agent. */
  dock?: readonly string[];
  limits: Limits;
  /** Ids of the rules whose object the mounts show already, so that nothing need be served at open time for them. */
  shown: readonly string[];
  variables: Variables;
  payload: 'none' | 'head' | 'full';
  /** Descriptors of this process that become the program's 0, 1 and 2. */
  stdio: readonly [number, number, number];
}

/** What the engine tells the process that started a VM. */
export type EngineEvent =
  | { type: 'exited'; vm: string; pid: number; code: number | null; signal: number | null; error?: number | null }
  | { type: 'ended'; vm: string } // the VM's last process is gone
  | { type: 'served'; vm: string; op: string; object: string } // for `ready`
  | { type: 'problem'; vm: string; code: string; detail: string };

export interface EngineSpec {
  /** Rules of the whole system; the same table decides for every VM. */
  rules: readonly CompiledRule[];
  /** Names of VMs in the system, running or not: a rule may point at one that is not up. */
  vms: readonly string[];
}
