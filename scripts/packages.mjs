// The Debian packages a task needs, found by the files they bring, so that asking costs nothing.
// `must`: without it the task cannot be done. Others only make more possible; what lacks them says so itself.

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
const rivals = [
  { name: 'strace', file: '/usr/bin/strace' },
  { name: 'bubblewrap', file: '/usr/bin/bwrap' },
];

export const PACKAGES = {
  build: [...compilers, ...windowsPrograms],
  demo: [...compilers, ...windowsPrograms, ...wine],
  test: [...compilers, ...wine, ...windowsPrograms, ...displays, ...busses, ...redis],
  bench: [...compilers, ...windowsPrograms, ...wine, ...redis, ...rivals],
};

// 32-bit Windows programs need a foreign architecture, which some machines refuse: tried once, never required.
export const WINE32 = { name: 'wine32:i386', file: '/usr/lib/wine/wine', architecture: 'i386' };
