// The buses of one VM: a proxy for each bus that this machine has and the VM may speak to. Its programs find them at paths
// of their own, to which the engine connects them by a rule that stands here and in no system file.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type CompiledRule, NO_CONDITIONS, OWN_RULE } from '../../native/contract/rules.js';
import type { MountStep, VmSpec } from '../../native/contract/vm.js';
import { AskedNames } from './known_names.js';
import { BUSES, type Bus } from './object.js';
import { learningPolicy, policyOf, type TokenValues } from './policy.js';
import type { BusRow } from './rows.js';
import { VmBus } from './vm_bus.js';

/** Where a VM's programs find each bus, and how they are told. */
const PLACES: Record<Bus, { path: string; variable: string }> = {
  session: { path: '/run/shuttle/session_bus', variable: 'DBUS_SESSION_BUS_ADDRESS' },
  system: { path: '/run/dbus/system_bus_socket', variable: 'DBUS_SYSTEM_BUS_ADDRESS' },
};

/** The rules by which the engine connects a VM's programs to its proxies; to be compiled with the system's. */
export function busRules(vm: string): CompiledRule[] {
  return BUSES.map((bus) => ({
    ...NO_CONDITIONS,
    id: `${OWN_RULE}${bus}-bus`,
    allow: true,
    ops: ['unix.connect'],
    from: vm,
    to: 'host',
    object: [PLACES[bus].path],
  }));
}

export interface BusRequest {
  vm: string;
  mode: VmSpec['mode'];
  user: { uid: number; gid: number };
  rules: readonly CompiledRule[];
  /** Addresses on the host; null where there is no such bus. See hostBuses. */
  addresses: Record<Bus, string | null>;
  /** A folder of ours in which sockets can be made (their path must stay short). */
  folder: string;
  values?: TokenValues;
  /** A file in which names asked for in vain are kept, so that the next learning opens them from the start. */
  asked?: string;
  /** The rule that decides about a D-Bus interaction, null without one. */
  ruleOf?: (op: BusRow['op'], object: string) => string | null;
  onRow: (row: BusRow & { vm: string; source: 'engine'; rule: string | null }) => void;
}

export interface VmBuses {
  /** To be added to the VM's spec. */
  readonly env: Readonly<Record<string, string>>;
  readonly steps: readonly MountStep[];
  readonly zones: VmSpec['zones'];
  /** Ids of rules that the proxy cannot keep to the letter. */
  readonly widened: readonly string[];
  readonly unsaid: readonly string[];
  close(): Promise<void>;
}

/** The buses of this machine, as its environment says. */
export function hostBuses(env: NodeJS.ProcessEnv = process.env): Record<Bus, string | null> {
  const runtime = env.XDG_RUNTIME_DIR ? join(env.XDG_RUNTIME_DIR, 'bus') : null;
  const session = env.DBUS_SESSION_BUS_ADDRESS ?? (runtime && existsSync(runtime) ? `unix:path=${runtime}` : null);
  const path = PLACES.system.path;
  return { session, system: env.DBUS_SYSTEM_BUS_ADDRESS ?? (existsSync(path) ? `unix:path=${path}` : null) };
}

/** Starts what the VM needs; a bus that does not answer is left out, as if the machine had none. */
export async function openBuses(request: BusRequest): Promise<VmBuses> {
  const opened = (await Promise.all(BUSES.map((bus) => openBus(bus, request)))).filter((one) => one !== null);
  const paths = opened.map((one) => PLACES[one.bus].path);
  return {
    env: Object.fromEntries(opened.map(({ bus }) => [PLACES[bus].variable, `unix:path=${PLACES[bus].path}`])),
    steps: paths.flatMap((path): MountStep[] => [
      { do: 'folder', to: path.slice(0, path.lastIndexOf('/')), mode: 0o755 },
      { do: 'file', to: path, mode: 0o666, text: '' },
    ]),
    zones: opened.map((one) => ({ path: PLACES[one.bus].path, zone: 'outside', from: one.socket })),
    widened: opened.flatMap((one) => one.policy.widened),
    unsaid: opened.flatMap((one) => one.policy.unsaid),
    close: async () => {
      await Promise.all(opened.map((one) => one.close()));
    },
  };
}

async function openBus(bus: Bus, request: BusRequest): Promise<VmBus | null> {
  const { vm, mode, rules, folder, user, values } = request;
  const address = request.addresses[bus];
  const stated = policyOf(rules, vm, bus, values);
  if (address === null || (mode === 'enforce' && stated.args.length === 0)) return null;
  const learning = mode === 'allow';
  return VmBus.open({
    bus,
    address,
    folder,
    user,
    policy: (names) => (learning ? learningPolicy(rules, vm, bus, names, values) : stated),
    asked: learning ? new AskedNames(request.asked ?? null) : null,
    onRow: (row) => request.onRow({ ...row, vm, source: 'engine', rule: request.ruleOf?.(row.op, row.object) ?? null }),
  });
}
