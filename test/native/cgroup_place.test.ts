// Where the groups of a VM are made, on machines that are folders of a test.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Driver, makeDriver, STARTERS } from './vm_driver.js';

let made: ReturnType<typeof makeDriver>;
let tree: string;
beforeAll(() => {
  made = makeDriver();
  tree = mkdtempSync(join(tmpdir(), 'shuttle-groups-'));
}, 120_000);
afterAll(() => {
  made?.remove();
  rmSync(tree, { recursive: true, force: true });
});

/** Each group with the controllers it passes on to those below. */
function machine(groups: Record<string, string>): void {
  rmSync(tree, { recursive: true, force: true });
  for (const [path, controllers] of Object.entries(groups)) {
    mkdirSync(join(tree, path), { recursive: true });
    writeFileSync(join(tree, path, 'cgroup.subtree_control'), `${controllers}\n`);
    writeFileSync(join(tree, path, 'cgroup.procs'), '');
  }
}

const second = (root = '/') => `35 24 0:30 ${root} ${tree} rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate`;
const first = () => `36 24 0:31 / ${tree} rw - cgroup cgroup rw,memory`;

describe.skipIf(process.getuid?.() !== 0)('version 2, as root (an ordinary user may write nowhere here)', () => {
  const DEBIAN = { '/': 'cpu memory pids', '/system.slice': 'memory pids', '/system.slice/a.service': '' };

  test.each([
    ['beside its own group', DEBIAN, '0::/system.slice/a.service', '/system.slice'],
    ['below the group that was divided before', { '/a': 'memory', '/a/starter': '' }, '0::/a/starter', '/a'],
    ['below the root, which may hold processes too', { '/': 'memory' }, '0::/', ''],
    ['below the root where nothing nearer passes it on', { '/': 'memory', '/a': '', '/a/b': '' }, '0::/a/b', ''],
    ['nowhere where nobody passes it on', { '/': 'cpu', '/a': 'pids', '/a/b': '' }, '0::/a/b', null],
    ['not by a part of the name', { '/': 'memory_recursive' }, '0::/', null],
  ] as const)('%s', async (_what, groups, own, parent) => {
    machine(groups);
    expect(await place(second(), `1:name=systemd:/\x01${own}`)).toBe(parent === null ? 'none 1' : `${tree}${parent} 2`);
  });

  test('a mount may show a part of the tree only', async () => {
    machine({ '/': 'memory', '/mine': '' });
    expect(await place(second('/outer'), '0::/outer/mine')).toBe(`${tree} 2`);
    expect(await place(second('/outer'), '0::/other')).toBe('none 1');
  });

  test('version 1 where it has the controller', async () => {
    machine({ '/': '', '/mine': '' });
    expect(await place(`${first()}\x01${second()}`, '5:memory:/mine\x010::/')).toBe(`${tree}/mine 1`);
  });
});

test.each(['', 'nonsense', '0::', ' - cgroup2', '36 24 0:31 / / rw - cgroup2'])('nowhere by %j', async (text) =>
  expect(await place(text, text)).toBe('none 1'),
);

async function place(mounts: string, groups: string): Promise<string> {
  const driver = new Driver(made.folder, STARTERS[0]![1]);
  driver.say('place', 'memory', mounts, groups);
  const line = await driver.line();
  await driver.close();
  return line.replace(/^place /, '');
}
