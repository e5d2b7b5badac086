// Builds what runs inside Windows VMs (native/windows: the agent, the dock) with mingw-w64, when it changed. Where the
// compiler is missing the build goes on and says so: Windows programs then run without an agent.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder, hashOf } from './files.mjs';

const COMPILER = '/usr/bin/x86_64-w64-mingw32-gcc';
// mingw's NtCurrentTeb reads through the address 0, which gcc takes for an array without elements.
const FLAGS = ['-std=gnu17', '-O2', '-Wall', '-Wextra', '-Werror', '-Wno-array-bounds', '-s'];

// The agent is loaded before kernel32: it has ntdll and nothing else, not even a C library.
const AGENT = [
  ...['-shared', '-nostdlib', '-nostartfiles', '-fno-stack-protector', '-fno-tree-loop-distribute-patterns'],
  ...['-Wl,-e,agent_main', '-Wl,--disable-auto-image-base', '-Wl,--image-base=0x7a000000'],
];
const DOCK = ['-municode', '-mconsole'];

const TARGETS = [
  { name: 'shuttle-agent.dll', folder: 'agent', flags: AGENT, libraries: ['-lntdll', '-lgcc'] },
  { name: 'shuttle-dock.exe', folder: 'dock', flags: DOCK, libraries: ['-lntdll', '-luser32', '-ladvapi32'] },
];

const placeOf = (root) => join(root, 'native/build/windows');

/** What was built; nothing where there was no compiler. */
export const windowsProducts = (root) =>
  TARGETS.map(({ name }) => join(placeOf(root), name)).filter((file) => existsSync(file));

export function buildWindows({ root, force, say, run }) {
  const sources = join(root, 'native/windows');
  const place = placeOf(root);
  if (!existsSync(COMPILER)) {
    rmSync(place, { recursive: true, force: true });
    return say('no mingw-w64: Windows programs will run without the agent (apt-get install gcc-mingw-w64)');
  }
  const files = filesUnder(sources, /\.[ch]$/, new Set());
  const wanted = hashOf(root, files, JSON.stringify([FLAGS, TARGETS]));
  const stamp = join(place, '.built');
  const fresh = existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
  if (!force && fresh && windowsProducts(root).length === TARGETS.length) return;
  say('Windows part (mingw-w64)');
  rmSync(stamp, { force: true });
  mkdirSync(place, { recursive: true });
  for (const { name, folder, flags, libraries } of TARGETS) {
    const own = files.filter(
      (file) => file.endsWith('.c') && (file.startsWith(join(sources, folder)) || file === join(sources, 'linux.c')),
    );
    run(COMPILER, [...FLAGS, ...flags, '-o', join(place, name), ...own, ...libraries], root);
  }
  writeFileSync(stamp, wanted);
}
