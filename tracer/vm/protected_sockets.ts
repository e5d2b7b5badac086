// The sockets of the protected set (design, section 4): the ways into containers, agents, systemd, buses and displays.
// They lie in folders that every VM has for itself, so no mount hides them; the engine does, where it looks on the host.
import { realpathSync } from 'node:fs';

/** A folder stands for all in it; a last `*` for any end. Abstract names that look like paths count as those. */
const SOCKETS: readonly string[] = [
  '/run/docker.sock',
  '/run/docker',
  '/run/containerd',
  '/run/podman',
  '/run/crio',
  '/run/buildkit',
  '/run/lxd.socket',
  '/run/lxd-nfs.socket',
  '/run/incus',
  '/run/libvirt',
  '/run/snapd.socket',
  '/run/snapd-snap.socket',
  '/run/systemd',
  '/run/dbus',
  '/run/udev',
  '/run/pcscd',
  '/run/tailscale',
  '/run/screen',
  '/run/tmux',
  '/run/gdm3',
  '/run/sddm',
  '/run/lightdm',
  '/run/user',
  '/tmp/.X11-unix',
  '/tmp/.ICE-unix',
  '/tmp/.font-unix',
  '/tmp/ssh-*',
  '/tmp/gpg-*',
  '/tmp/tmux-*',
  '/tmp/screens',
  '/tmp/dbus-*',
  '/tmp/keyring-*',
  '/tmp/.wine-*',
  '/org/freedesktop/systemd1',
  '/org/kernel',
];

/** Where a session says its agents, buses and displays are. */
const TOLD = ['SSH_AUTH_SOCK', 'GPG_AGENT_INFO', 'DBUS_SESSION_BUS_ADDRESS', 'DBUS_SYSTEM_BUS_ADDRESS', 'DOCKER_HOST'];
const PATH_IN_ADDRESS = /^(?:unix:(?:path|abstract)=|unix:\/\/)?(\/[^,;:]+)/;

/** What is kept from a program of this session unless a rule names it; `!path` is what `--expose` shows all the same. */
export function protectedSockets(env: NodeJS.ProcessEnv, expose: readonly string[]): string[] {
  const told = TOLD.flatMap((name) => PATH_IN_ADDRESS.exec(env[name] ?? '')?.[1] ?? []);
  const named = [...SOCKETS, ...told];
  return [...new Set([...named, ...told.flatMap(real), ...expose.map((path) => `!${path}`)])];
}

function real(path: string): string[] {
  try {
    return [realpathSync(path)];
  } catch {
    return [];
  }
}
