import { expect, test } from 'vitest';
import type { Ports } from '../../../tracer/session/ports.js';
import { runSystem } from '../../../tracer/session/session.js';
import { exits, fakePorts, request, serves, vm } from './fake.js';

const ready = { op: 'tcp.serve', object: '127.0.0.1:1' } as const;
const system = [vm('db', { ready }), vm('app', { after: ['db'] })];
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

test('the members start in order, main ends the run, everything is closed', async () => {
  const { ports, notes } = fakePorts({ db: serves('0.0.0.0:1'), app: exits(3) });
  const result = await runSystem(request(system), ports).result;
  expect(result).toMatchObject({ outcome: 'failed', exitCode: 3, complete: true });
  expect(notes).toEqual([
    'start db: db',
    'start app: app',
    'app exited 3',
    'kill db',
    'kill app',
    'release app',
    'release db',
    'close',
    'finish failed 3',
  ]);
});

test('setup runs once in the life of a layer', async () => {
  const { ports, notes } = fakePorts({ 'init x': exits(0), app: exits(0) });
  const asked = request([vm('app', { setup: [['init', 'x']] })]);
  await runSystem(asked, ports).result;
  await runSystem(asked, ports).result;
  expect(notes.filter((note) => note.startsWith('start'))).toEqual([
    'start app: init x',
    'start app: app',
    'start app: app',
  ]);
});

test.each([
  ['setup fails', [vm('app', { setup: [['init']] })], { init: exits(1) }, 'SETUP_FAILED'],
  ['a member dies', system, { db: exits(1) }, 'VM_NEVER_READY'],
  ['a cycle', [vm('app', { after: ['app'] })], {}, 'VM_ORDER_CYCLE'],
] as const)('%s: a coded problem', async (_name, vms, behaviours, code) => {
  const { ports } = fakePorts(behaviours);
  const run = async () => runSystem(request([...vms]), ports).result;
  await expect(run()).rejects.toMatchObject({ problem: { code } });
});

test('an engine that cannot start a VM says at which step', async () => {
  const { ports, notes } = fakePorts({});
  const engine: typeof ports.engine = (...given) => ({
    ...fakePorts({}).ports.engine(...given),
    start: () => {
      throw Object.assign(new Error('no'), { step: 'overlay /usr', errno: 'EINVAL' });
    },
  });
  const result = runSystem(request([vm('app')]), { ...ports, engine }).result;
  await expect(result).rejects.toMatchObject({
    problem: { code: 'VM_START_FAILED', step: 'overlay /usr', error: 'EINVAL' },
  });
  expect(notes).toEqual(['release app', 'discard']);
});

test('one VM of a system runs alone', async () => {
  const { ports, notes } = fakePorts({ app: exits(0) });
  await runSystem(request(system, { only: 'app' }), ports).result;
  expect(notes.filter((note) => note.startsWith('start'))).toEqual(['start app: app']);
});

test('the first Ctrl-C asks, two seconds later the VMs are ended', async () => {
  const { ports, notes, fire } = fakePorts({});
  const running = runSystem(request([vm('app')]), ports);
  await settled();
  running.interrupt();
  expect(notes).toContain('SIGINT');
  expect(notes).not.toContain('kill app');
  fire(2_000);
  expect(await running.result).toMatchObject({ outcome: 'interrupted', exitCode: 130 });
});

test.each([
  ['shows nothing', false, { outcome: 'interrupted', exitCode: 130 }],
  ['goes on', true, { outcome: 'failed', exitCode: 3 }],
])('Ctrl-C at the terminal is passed there alone, and its program %s', async (_name, answers, result) => {
  let end = () => {};
  const { ports, notes, fire } = fakePorts({
    app: (tell, pid) => {
      end = () => exits(3)(tell, pid);
    },
  });
  let typed: (answered: () => boolean) => void = () => {};
  const stdio: Ports['stdio'] = (options) => {
    typed = options.onInterrupt;
    return ports.stdio(options);
  };
  const running = runSystem(request([vm('app')]), { ...ports, stdio });
  await settled();
  typed(() => answers);
  if (answers) typed(() => answers); // once more, in a hurry
  expect(notes).not.toContain('SIGINT');
  fire(2_000);
  expect(notes.includes('kill app')).toBe(!answers);
  if (answers) end();
  expect(await running.result).toMatchObject(result);
});

test('time runs out', async () => {
  const { ports, fire } = fakePorts({});
  const running = runSystem(request([vm('app')], { timeout: 7 }), ports);
  await settled();
  fire(7_000);
  expect(await running.result).toMatchObject({ outcome: 'timeout', exitCode: 124 });
});

test.each([
  [0, 'ok', 0],
  [5, 'failed', 1],
] as const)('a check that gives %i makes the run %s', async (code, outcome, exitCode) => {
  const { ports } = fakePorts({ app: exits(0) }, { check: async () => code });
  const result = await runSystem(request([vm('app')], { system: { check: 'x' } }), ports).result;
  expect(result).toMatchObject({ outcome, exitCode });
});

test('a check finds the run and the layers, which are let go after it', async () => {
  const told: unknown[] = [];
  const fake = fakePorts({ app: exits(0) });
  const check: Ports['check'] = async (command, about) => {
    told.push(
      command,
      about,
      fake.notes.filter((note) => note.startsWith('release')),
    );
    return 0;
  };
  const system = { check: 'x', folder: '/s' };
  const { folder } = await runSystem(request([vm('app')], { system }), { ...fake.ports, check }).result;
  expect(told).toEqual(['x', { folder: '/s', run: folder, layers: { app: '/layers/app' }, quiet: false }, []]);
  expect(fake.notes).toContain('release app');
});

test('a VM that never is ready is named', async () => {
  const { ports, fire } = fakePorts({});
  const running = runSystem(request(system), ports);
  await settled();
  fire(120_000);
  await expect(running.result).rejects.toMatchObject({ problem: { code: 'VM_NEVER_READY', vm: 'db' } });
});
