import type { EngineEvent, VmSpec } from '../../../native/contract/vm.js';
import type { Ports } from '../../../tracer/session/ports.js';
import { plainVm, type RunRequest, type System, type VmDescription } from '../../../tracer/session/system.js';

/** What a program does when the fake engine starts it: it answers events by calling `tell`, at once or later. */
export type Behaviour = (tell: (event: Omit<EngineEvent, 'vm'> & { pid?: number }) => void, pid: number) => void;

export const exits =
  (code: number): Behaviour =>
  (tell, pid) => {
    tell({ type: 'exited', pid, code, signal: null } as never);
    tell({ type: 'ended' } as never);
  };

export const serves =
  (object: string): Behaviour =>
  (tell) =>
    tell({ type: 'served', op: 'tcp.serve', object } as never);

export const vm = (name: string, more: Partial<VmDescription> = {}): VmDescription => ({
  ...plainVm(name, [name]),
  ...more,
});

export const request = (
  vms: VmDescription[],
  more: Partial<Omit<RunRequest, 'system'>> & { system?: Partial<System> } = {},
): RunRequest => ({
  rules: [],
  mode: 'allow',
  audit: false,
  payload: 'head',
  expose: [],
  timeout: 0,
  ephemeral: false,
  only: null,
  quietOutput: false,
  ...more,
  system: { name: 's', file: null, folder: '/', main: 'app', vms, check: null, ...more.system },
});

/** Ports without a machine: programs behave as told by name, and everything done is noted. */
export function fakePorts(behaviours: Record<string, Behaviour>, more: Partial<Ports> = {}) {
  const notes: string[] = [];
  const timers: { ms: number; call: () => void }[] = [];
  const setups = new Set<string>();
  let pid = 100;
  const ports: Ports = {
    engine: (_spec, _log, onEvent) => {
      const later = (event: EngineEvent) => setImmediate(() => onEvent(event));
      return {
        start: (spec: VmSpec) => {
          const program = spec.program.join(' ');
          notes.push(`start ${spec.name}: ${program}`);
          const own = ++pid;
          behaviours[program]?.((event) => later({ ...event, vm: spec.name } as EngineEvent), own);
          return { pid: own };
        },
        kill: (name) => {
          notes.push(`kill ${name}`);
          later({ type: 'exited', vm: name, pid, code: null, signal: 9 });
          later({ type: 'ended', vm: name });
        },
        close: () => notes.push('close'),
      };
    },
    log: async (_request, id) => ({
      folder: `/runs/${id}`,
      native: null,
      began: () => {},
      exited: (name, code) => notes.push(`${name} exited ${code}`),
      finish: async ({ outcome, exitCode }) => {
        notes.push(`finish ${outcome} ${exitCode}`);
        return { complete: true, problems: [] };
      },
      discard: async () => {
        notes.push('discard');
      },
    }),
    plan: async (description) => ({
      wine: null,
      ready: () => {},
      layer: `/layers/${description.name}`,
      spec: (program, stdio) => ({ name: description.name, program, stdio, variables: {} }) as unknown as VmSpec,
      setup: { done: (commands) => setups.has(commands), note: (commands) => setups.add(commands) },
      release: async () => {
        notes.push(`release ${description.name}`);
      },
    }),
    stdio: () => ({ descriptors: [0, 1, 2], handedOver: () => {}, drained: async () => {}, close: () => {} }),
    check: async () => 0,
    signal: (_pid, name) => notes.push(name),
    now: () => 0,
    after: (ms, call) => {
      const timer = { ms, call };
      timers.push(timer);
      return () => timers.splice(timers.indexOf(timer), 1);
    },
    ...more,
  };
  const fire = (ms: number) => {
    for (const timer of timers.filter((one) => one.ms === ms)) timer.call();
  };
  return { ports, notes, fire };
}
