import { readFileSync } from 'node:fs';

/** Settings that keep users from making namespaces, the value that does, and the one that lets them. */
const SETTINGS = [
  { name: 'user.max_user_namespaces', off: '0', on: '10000' },
  { name: 'kernel.unprivileged_userns_clone', off: '0', on: '1' },
  { name: 'kernel.apparmor_restrict_unprivileged_userns', off: '1', on: '0' },
] as const;

/** The setting (`name=value`) that would let VMs be started here, or null where none stands in the way. */
export function namespacesNeed(read: (name: string) => string | null = readSetting): string | null {
  const found = SETTINGS.find((setting) => read(setting.name) === setting.off);
  return found ? `${found.name}=${found.on}` : null;
}

function readSetting(name: string): string | null {
  try {
    return readFileSync(`/proc/sys/${name.replaceAll('.', '/')}`, 'utf8').trim();
  } catch {
    return null;
  }
}
