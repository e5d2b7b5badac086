import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRequest, VmDescription } from './system.js';

const ABOUT_BUSES = /^dbus\./;

/** Whether a VM may meet a bus at all, so that what carries them need be loaded: where this machine has one, while
 * learning any VM of Linux programs may, and under rules those that a rule speaks of. */
export function mayMeetBuses(vm: VmDescription, { mode, rules }: RunRequest): boolean {
  if (vm.windows !== null || !hasBuses()) return false;
  return (
    mode !== 'enforce' || rules.some((rule) => rule.from === vm.name && rule.ops.some((op) => ABOUT_BUSES.test(op)))
  );
}

function hasBuses({ DBUS_SESSION_BUS_ADDRESS, DBUS_SYSTEM_BUS_ADDRESS, XDG_RUNTIME_DIR } = process.env): boolean {
  const said = [DBUS_SESSION_BUS_ADDRESS, DBUS_SYSTEM_BUS_ADDRESS].some((address) => address);
  const places = ['/run/dbus/system_bus_socket', ...(XDG_RUNTIME_DIR ? [join(XDG_RUNTIME_DIR, 'bus')] : [])];
  return said || places.some((place) => existsSync(place));
}
