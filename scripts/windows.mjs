// Builds what runs inside Windows VMs (native/windows: the agent, the dock) with mingw-w64, when it changed. Where the
// compiler is missing the build goes on and says so: Windows programs then run without an agent. The agent is built for
// programs of 32 bits too; the dock is of 64 bits everywhere.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder, hashOf } from './files.mjs';

const COMPILER = '/usr/bin/x86_64-w64-mingw32-gcc';
const COMPILER32 = '/usr/bin/i686-w64-mingw32-gcc';
// mingw's NtCurrentTeb reads through the address 0, which gcc takes for an array without elements.
const FLAGS = ['-std=gnu17', '-O2', '-Wall', '-Wextra', '-Werror', '-Wno-array-bounds', '-s'];

// The agent is loaded before kernel32: it has ntdll and nothing else, not even a C library.
const agent = (entry) => [
  ...['-shared', '-nostdlib', '-nostartfiles', '-fno-stack-protector', '-fno-tree-loop-distribute-patterns'],
  ...[`-Wl,-e,${entry}`, '-Wl,--disable-auto-image-base', '-Wl,--image-base=0x7a000000'],
];
const DOCK = ['-municode', '-mconsole'];

const AGENT_LIBRARIES = ['-lntdll', '-lgcc'];
const TARGETS = [
  {
    ...{ name: 'shuttle-agent.dll', folder: 'agent', compiler: COMPILER },
    ...{ flags: agent('agent_main'), libraries: AGENT_LIBRARIES },
  },
  {
    ...{ name: 'shuttle-agent32.dll', folder: 'agent', compiler: COMPILER32 },
    ...{ flags: agent('_agent_main@12'), libraries: AGENT_LIBRARIES },
  },
  {
    ...{ name: 'shuttle-dock.exe', folder: 'dock', compiler: COMPILER },
    ...{ flags: DOCK, libraries: ['-lntdll', '-luser32', '-ladvapi32'] },
  },
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
  const targets = TARGETS.filter(({ compiler }) => existsSync(compiler));
  if (targets.length < TARGETS.length)
    say(
      'no mingw-w64 for 32 bits: programs of 32 bits will run without the agent (apt-get install gcc-mingw-w64-i686)',
    );
  const files = filesUnder(sources, /\.[ch]$/, new Set());
  const wanted = hashOf(root, files, JSON.stringify([FLAGS, targets]));
  const stamp = join(place, '.built');
  const fresh = existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
  if (!force && fresh && windowsProducts(root).length === targets.length) return;
  say('Windows part (mingw-w64)');
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  for (const { name, folder, compiler, flags, libraries } of targets) {
    const own = files.filter(
      (file) => file.endsWith('.c') && (file.startsWith(join(sources, folder)) || file === join(sources, 'linux.c')),
    );
    run(compiler, [...FLAGS, ...flags, '-o', join(place, name), ...own, ...libraries], root);
  }
  writeFileSync(stamp, wanted);
}
