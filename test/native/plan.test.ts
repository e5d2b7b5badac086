// The plan for this very machine, built: what a program really sees of it.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readHostFacts } from '../../tracer/vm/facts.js';
import { linksTo } from '../../tracer/vm/links_to.js';
import { askedPaths, type PlanInput, planVm } from '../../tracer/vm/plan.js';
import { Driver, makeDriver, STARTERS } from './vm_driver.js';

const [, who] = STARTERS[0]!;
let made: ReturnType<typeof makeDriver>;
let home: string;
beforeAll(() => {
  made = makeDriver();
  home = mkdtempSync(join(homedir(), '.shuttle-test-'));
  for (const name of ['app', '.ssh']) mkdirSync(join(home, name));
  for (const name of ['app/run', 'note', '.ssh/key', '.ssh/config'])
    writeFileSync(join(home, name), `${name}\n`, { mode: 0o600 });
}, 120_000);
afterAll(() => {
  made?.remove();
  rmSync(home, { recursive: true, force: true });
});

async function see(mode: PlanInput['mode'], script: string, more: Partial<PlanInput> = {}): Promise<string> {
  const asked = { mounts: {}, grants: [], expose: [], cwd: '/', program: join(home, 'app/run'), ...more };
  const host = { ...readHostFacts(askedPaths(asked), []), home };
  const user = { uid: who.inside, gid: who.inside, shift: who.shift };
  const { steps } = planVm({ ...asked, mode, host, user, own: [], layer: null });
  const vm = new Driver(made.folder, who);
  vm.steps(steps);
  const output = await vm.run(`cd ${home}; ${script}`);
  await vm.close();
  return output;
}

test.each([
  ['allow', 'ls -A', 'app\nnote'],
  ['allow', 'cat note app/run .ssh/key', 'note\napp/run'],
  ['allow', 'echo x > note; cat note', 'x'],
  ['allow', 'mkdir .ssh && touch .ssh/key && ls -A .ssh', 'key'],
  ['allow', 'cat /etc/shadow || id -un', readHostFacts([], []).user],
  ['enforce', 'ls -A', 'app'],
  ['enforce', 'cat note app/run', 'app/run'],
  ['enforce', 'echo x > other; ls -A', 'app\nother'],
  ['enforce', 'ls /home 2>/dev/null | grep -v "^$(basename $(dirname $PWD))$" | wc -l', '0'],
  ['deny', 'ls -A', 'app'],
] as const)('%s: %s', async (mode, script, seen) => expect(await see(mode, script)).toBe(seen));

test.each(['enforce', 'allow'] as const)('%s: a program that is named by a link', async (mode) => {
  const link = join(home, 'switch', 'run');
  mkdirSync(dirname(link), { recursive: true });
  if (mode === 'enforce') symlinkSync('../app/run', link);
  expect(await see(mode, 'cat switch/run; ls switch', { links: linksTo(link) })).toBe('app/run\nrun');
});

test('a rule shows one file, and one in a hidden folder alone', async () => {
  const grants = ['note', '.ssh/config'].map((name) => ({ path: join(home, name), access: 'read' as const }));
  expect(await see('enforce', 'ls -A . .ssh; cat note .ssh/config; echo x > note || echo kept', { grants })).toBe(
    '.:\n.ssh\napp\nnote\n\n.ssh:\nconfig\nnote\n.ssh/config\nkept',
  );
});

test('a rule lets a write through to the host', async () => {
  const path = join(home, 'log');
  writeFileSync(path, '');
  expect(await see('enforce', `echo x >> log; cat log`, { grants: [{ path, access: 'write' }] })).toBe('x');
  expect(await see('allow', 'cat log; echo y >> log; cat log', { grants: [{ path, access: 'write' }] })).toBe(
    'x\nx\ny',
  );
});
