// The D-Bus buses of a VM, with what crosses them recorded.
import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { explainRemark, type Remark } from '../../native/contract/remark.js';
import type { CompiledRule } from '../../native/contract/rules.js';
import { addon } from '../../native/engine.js';
import type { NativeRecorder } from '../../native/recorder.js';
import { busRules, hostBuses, openBuses, type VmBuses } from '../dbus/buses.js';
import { madeInState } from '../vm/state.js';
import type { Identity } from './person.js';
import type { Buses } from './prepare.js';
import type { RunRequest, VmDescription } from './system.js';

/** Rules by which the engine connects programs to the proxies. */
export const rulesForBuses = (vms: readonly VmDescription[]): CompiledRule[] => vms.flatMap((vm) => busRules(vm.name));

/** Root's proxies run as the VM's user, who must get to their sockets; and a socket's path must be short. */
function socketFolder(): string {
  if (process.getuid?.() !== 0) return madeBelow(process.env.XDG_RUNTIME_DIR) ?? madeInState('bus');
  mkdirSync('/run/shuttle', { recursive: true, mode: 0o711 });
  return '/run/shuttle';
}

/** `su` and its like leave the runtime folder of who was there before. */
function madeBelow(runtime: string | undefined): string | null {
  if (!runtime?.startsWith('/')) return null;
  try {
    accessSync(runtime, constants.W_OK);
    mkdirSync(join(runtime, 'shuttle-bus'), { recursive: true, mode: 0o700 });
    return join(runtime, 'shuttle-bus');
  } catch {
    return null;
  }
}

/** Starts the proxies of one VM. Without xdg-dbus-proxy there are no buses for it, which is told. */
export async function busesOf(
  vm: VmDescription,
  request: RunRequest,
  { person, user }: Identity,
  recorder: NativeRecorder,
  tell: (text: string) => void,
): Promise<Buses | null> {
  const table = new (addon().RuleTable)(request.rules);
  try {
    const buses = await openBuses({
      vm: vm.name,
      mode: request.mode,
      user,
      rules: request.rules,
      addresses: hostBuses(),
      folder: socketFolder(),
      ...(request.ephemeral ? {} : { asked: join(request.system.folder, '.shuttle', 'dbus', request.system.name) }),
      values: { uid: String(person.uid), user: person.name, home: person.home },
      ruleOf: (op, object) => table.decide({ op, from: vm.name, to: 'host', object })?.rule ?? null,
      onRow: (row) => recorder.record(row),
    });
    if (request.mode === 'enforce') for (const remark of remarksOn(buses, vm.name)) tell(explainRemark(remark));
    return buses;
  } catch (error) {
    tell(`${vm.name}: D-Bus cannot be carried: ${(error as Error).message}`);
    return null;
  }
}

function remarksOn({ widened, unsaid }: VmBuses, vm: string): Remark[] {
  const said = [
    { vm, code: 'DBUS_WIDENED', detail: widened.join(', ') },
    { vm, code: 'DBUS_UNSAID', detail: unsaid.join(', ') },
  ];
  return said.filter(({ detail }) => detail !== '');
}
