// VMs straight from the engine, for tests of one crossing: no system file, no command, just programs, a mode, and rules.
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tableFromIPC } from 'apache-arrow';
import { type CompiledRule, NO_CONDITIONS } from '../../native/contract/rules.js';
import type { EngineEvent, Mode, MountStep, VmSpec } from '../../native/contract/vm.js';
import type { Op } from '../../native/contract/words.js';
import { addon } from '../../native/engine.js';
import { Recorder } from '../../tracer/record/recorder.js';
import { readHostFacts } from '../../tracer/vm/facts.js';
import { planVm } from '../../tracer/vm/plan.js';

export interface VmProgram {
  name: string;
  program: readonly string[];
  mode?: Mode;
  env?: Readonly<Record<string, string>>;
  payload?: VmSpec['payload'];
  /** 32-bit system calls are let in, as where 32-bit Wine runs. */
  windows32?: boolean;
  /** Start the next one when this was served. */
  ready?: Op;
  /** Steps and zones besides those of every VM. */
  extra?: { steps: readonly MountStep[]; zones: VmSpec['zones'] };
}

export interface Row {
  vm: string;
  pid: number;
  image: string | null;
  op: Op;
  object: string;
  peer: string | null;
  peer_image: string | null;
  verdict: string;
  status: number;
  rule: string | null;
  channel: number | null;
  source: string;
  detail: string | null;
}

export interface Outcome {
  rows: Row[];
  payloads: { channel: number; direction: number; size: number; bytes: string }[];
  /** What each VM's program wrote, and its exit code. */
  output: Record<string, string>;
  codes: Record<string, number | null>;
}

export interface Setting {
  mode?: Mode;
  rules?: readonly CompiledRule[];
  resolvConf?: string;
  /** As on kernels without pidfds of threads. */
  noThreadPidfds?: boolean;
  /** Folder where engines find each other's VMs. */
  meeting?: string;
  /** Called with the record while the VMs run. */
  during?: (recorder: Recorder) => void;
  /** Ends the last VM, which would not end by itself. */
  until?: Promise<void>;
}

/** An ordinary user for VMs of root's; our own otherwise. */
export const USER =
  process.getuid?.() === 0
    ? { uid: 1000, gid: 1000, shift: true }
    : { uid: process.getuid!(), gid: process.getgid!(), shift: false };

export const allow = (
  op: Op,
  from: string,
  to: string,
  object: string,
  more: Partial<CompiledRule> = {},
): CompiledRule => ({
  ...NO_CONDITIONS,
  id: `${op} ${object}`,
  allow: true,
  ops: [op],
  from,
  to,
  object: [object],
  ...more,
});

/** Runs VMs until the last of them has ended; the others are ended then. */
export async function runVms(vms: readonly VmProgram[], setting: Setting = {}): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'shuttle-e2e-'));
  const record = join(folder, 'run');
  mkdirSync(record);
  const recorder = await Recorder.open(record);
  const events = new Events();
  const options = {
    rules: setting.rules ?? [],
    vms: vms.map((vm) => vm.name),
    init: initFile(),
    ...(setting.resolvConf ? { resolvConf: setting.resolvConf } : {}),
    ...(setting.noThreadPidfds ? { noThreadPidfds: true } : {}),
    ...(setting.meeting ? { meeting: setting.meeting } : {}),
  };
  const engine = new (addon().Engine)(options, recorder.native, (event) => events.tell(event));
  const codes: Outcome['codes'] = {};
  try {
    const pids = new Map<string, number>();
    for (const vm of vms) {
      pids.set(vm.name, startVm(engine, vm, setting.mode ?? 'allow', folder));
      if (vm.ready) {
        const name = vm.name;
        const met = await events.wait(
          (event) =>
            event.vm === name && (event.type === 'exited' || (event.type === 'served' && event.op === vm.ready)),
          `${name} serves ${vm.ready}`,
        );
        if (met.type === 'exited')
          throw new Error(
            `${name} ended before it served: ${JSON.stringify(met)} ${readFileSync(join(folder, name), 'utf8')}`,
          );
      }
    }
    setting.during?.(recorder);
    const last = vms[vms.length - 1]!.name;
    if (setting.until) {
      await setting.until;
      engine.kill(last);
    } else {
      const exit = await events.wait(
        (event) => event.type === 'exited' && event.vm === last && event.pid === pids.get(last),
        `${last}'s program ends`,
      );
      if (exit.type === 'exited') codes[last] = exit.code;
    }
    await events.wait((event) => event.type === 'ended' && event.vm === last, `${last} ends`);
  } finally {
    engine.close();
    await inTime(recorder.close(), () => 'the record is written');
  }
  const output = Object.fromEntries(vms.map((vm) => [vm.name, readFileSync(join(folder, vm.name), 'utf8')]));
  const [rows, payloads] = [
    tableOf(record, 'interactions', ROW) as unknown as Row[],
    tableOf(record, 'payloads', PAYLOAD),
  ];
  rmSync(folder, { recursive: true });
  return {
    rows,
    payloads: payloads.map((one) => ({
      ...one,
      bytes: Buffer.from(one.bytes as Uint8Array).toString('latin1'),
    })) as Outcome['payloads'],
    output,
    codes,
  };
}

function startVm(
  engine: InstanceType<ReturnType<typeof addon>['Engine']>,
  vm: VmProgram,
  mode: Mode,
  folder: string,
): number {
  const out = openSync(join(folder, vm.name), 'w');
  const nothing = openSync('/dev/null', 'r');
  const shape = planVm({
    mode: vm.mode ?? mode,
    host: readHostFacts([], []),
    user: USER,
    program: programFile(vm.program[0]!),
    cwd: '/tmp',
    mounts: {},
    grants: [],
    expose: [],
    own: [],
    layer: null,
    ...(vm.extra ? { extra: vm.extra } : {}),
  });
  try {
    return engine.start({
      ...shape,
      name: vm.name,
      mode: vm.mode ?? mode,
      audit: false,
      program: vm.program,
      cwd: '/tmp',
      env: { PATH: '/usr/bin:/bin', ...vm.env },
      user: USER,
      hostname: 'lab',
      drives: [],
      shown: [],
      limits: { memory: 0, processes: 0, cpu: 0, disk: 0 },
      variables: { user: 'user', uid: String(USER.uid), host: 'lab', home: '/home/user', temp: '/tmp', session: '1' },
      payload: vm.payload ?? 'none',
      windows32: vm.windows32 === true,
      stdio: [nothing, out, out],
    }).pid;
  } finally {
    closeSync(out);
    closeSync(nothing);
  }
}

/** Node may lie outside the base system. */
const programFile = (name: string): string | null => (existsSync(name) ? realpathSync(name) : null);

const initFile = (): string => fileURLToPath(new URL('../../native/build/Release/shuttle-init', import.meta.url));

function tableOf(folder: string, name: string, keys: readonly string[]): Record<string, unknown>[] {
  const rows = tableFromIPC(readFileSync(join(folder, `${name}.arrow`))).toArray();
  return rows.map((row) => Object.fromEntries(keys.map((key) => [key, row[key]])));
}

const ROW = [
  'vm',
  'pid',
  'image',
  'op',
  'object',
  'peer',
  'peer_image',
  'verdict',
  'status',
  'rule',
  'channel',
  'source',
  'detail',
] satisfies (keyof Row)[];
const PAYLOAD = ['channel', 'direction', 'size', 'bytes'];

/** Less than any test's patience: one that waits for ever is told what for, and what the VMs were at. */
const PATIENCE = 90_000;

/** Events that came, and those who wait for one. */
class Events {
  private readonly met: EngineEvent[] = [];
  private readonly waiting: { want: (event: EngineEvent) => boolean; got: (event: EngineEvent) => void }[] = [];

  tell(event: EngineEvent): void {
    this.met.push(event);
    for (const one of this.waiting.filter(({ want }) => want(event))) one.got(event);
  }

  wait(want: (event: EngineEvent) => boolean, what: string): Promise<EngineEvent> {
    const before = this.met.find(want);
    if (before) return Promise.resolve(before);
    const event = new Promise<EngineEvent>((got) => this.waiting.push({ want, got }));
    return inTime(event, () => `${what}; met ${JSON.stringify(this.met)}`);
  }
}

function inTime<Result>(result: Promise<Result>, what: () => string): Promise<Result> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`never: ${what()}\n${whatRuns(process.pid)}`)), PATIENCE);
    result.then(resolve, reject).finally(() => clearTimeout(late));
  });
}

/** The threads of this process and of all below it: what each is called, how it stands, and the call it is in. */
function whatRuns(pid: number): string {
  const tasks = list(`/proc/${pid}/task`).map((tid) => {
    const of = `/proc/${pid}/task/${tid}`;
    const [state, where, call] = [
      /^\d+ \(.*\) (\w)/s.exec(text(`${of}/stat`))?.[1],
      text(`${of}/wchan`),
      text(`${of}/syscall`),
    ];
    return `${pid}/${tid} ${text(`${of}/comm`).trim()} ${state} ${where} ${call.trim()}`;
  });
  const below = list(`/proc/${pid}/task`).flatMap((tid) => text(`/proc/${pid}/task/${tid}/children`).split(' '));
  return [...tasks, ...below.filter((child) => child.trim()).map((child) => whatRuns(Number(child)))].join('\n');
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // it ended meanwhile
  }
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
