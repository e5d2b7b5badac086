// The Debian packages a task needs, found by the files they bring, so that asking costs nothing.
// `must`: without it the task cannot be done. Others only make more possible; what lacks them says so itself.

import { existsSync } from 'node:fs';

const compilers = [
  { name: 'g++', file: '/usr/bin/g++', must: true },
  { name: 'make', file: '/usr/bin/make', must: true },
  { name: 'python3', file: '/usr/bin/python3', must: true },
];
const wine = [
  { name: 'wine', file: '/usr/bin/wine' },
  { name: 'wine64', file: '/usr/lib/wine/wine64' },
];
// Makes what runs inside Windows VMs, agent and dock, and the programs of tests.
const windowsPrograms = [
  { name: 'gcc-mingw-w64-x86-64', file: '/usr/bin/x86_64-w64-mingw32-gcc' },
  { name: 'gcc-mingw-w64-i686', file: '/usr/bin/i686-w64-mingw32-gcc' },
];
const displays = [{ name: 'xvfb', file: '/usr/bin/Xvfb' }];
const busses = [
  { name: 'dbus', file: '/usr/bin/dbus-daemon' },
  { name: 'xdg-dbus-proxy', file: '/usr/bin/xdg-dbus-proxy' },
];
const redis = [{ name: 'redis-server', file: '/usr/bin/redis-server' }];
// Tests look at the review's screen in it.
const terminals = [{ name: 'tmux', file: '/usr/bin/tmux' }];
// Tests complete commands in them, and read the manual page.
const shells = [
  { name: 'zsh', file: '/usr/bin/zsh' },
  { name: 'fish', file: '/usr/bin/fish' },
  { name: 'groff-base', file: '/usr/bin/groff' },
];
// Tests let the targets' own tools read what `shuttle export` writes, and look at `shuttle report`'s page.
const readers = [
  { name: 'apparmor', file: '/usr/sbin/apparmor_parser' },
  { name: 'systemd', file: '/usr/bin/systemd-analyze' },
  { name: 'chromium', file: '/usr/bin/chromium' },
];
const rivals = [
  { name: 'strace', file: '/usr/bin/strace' },
  { name: 'bubblewrap', file: '/usr/bin/bwrap' },
];

export const PACKAGES = {
  build: [...compilers, ...windowsPrograms],
  demo: [...compilers, ...windowsPrograms, ...wine],
  test: [
    ...compilers,
    ...wine,
    ...windowsPrograms,
    ...displays,
    ...busses,
    ...redis,
    ...terminals,
    ...shells,
    ...readers,
  ],
  bench: [...compilers, ...windowsPrograms, ...wine, ...redis, ...rivals],
};

/** What a task still lacks; `must` where it cannot be done without. */
export const lackingFor = (task, exists = existsSync) => PACKAGES[task].filter(({ file }) => !exists(file));

export const aptInstall = (names) => ['apt-get', 'install', '-y', '--no-remove', '--no-install-recommends', ...names];

/** The command an administrator is asked for. */
export const commandFor = (names) => `sudo apt-get update && sudo ${aptInstall(names).join(' ')}`;

// 32-bit Windows programs need a foreign architecture, which some machines refuse: tried once, never required.
export const WINE32 = { name: 'wine32:i386', file: '/usr/lib/wine/wine', architecture: 'i386' };
