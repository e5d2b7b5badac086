import { describe, expect, test } from 'vitest';
import type { MountStep } from '../../../native/contract/vm.js';
import { type PlanInput, planVm, shuttleFolders } from '../../../tracer/vm/plan.js';
import { entry, host } from './host.js';

const input = (more: Partial<PlanInput> = {}): PlanInput => ({
  mode: 'allow',
  host: host(),
  user: { uid: 1000, gid: 1000, shift: false },
  program: '/opt/app/bin/app',
  cwd: '/home/me/work',
  mounts: {},
  grants: [],
  expose: [],
  own: ['/home/me/.local/state/shuttle'],
  layer: null,
  ...more,
});

/** Steps in short: what, where, and from where. The masks are left to their own tests. */
const short = (steps: readonly MountStep[]): string[] =>
  steps
    .filter((step) => step.do !== 'mask')
    .map((step) => {
      if (step.do === 'overlay') return `overlay ${step.to} < ${step.lower.join(':')}`;
      if (step.do === 'bind') return `${step.write ? 'write' : 'bind'} ${step.to} < ${step.from}`;
      return `${step.do} ${step.to}`;
    });
const masks = (steps: readonly MountStep[]) => steps.filter((step) => step.do === 'mask').map((step) => step.to);
const find = (steps: readonly MountStep[], to: string) => steps.filter((step) => step.to === to && step.do !== 'mask');

describe('learning', () => {
  const { steps, lazy } = planVm(input());
  test.each([
    ['link /bin', 'the base system as it is'],
    ['bind /usr < /usr', 'bound'],
    ['overlay /etc < /etc', 'settings may be written'],
    ['overlay /home < /home', 'a mount of its own is still one folder'],
    ['overlay /opt < /opt', 'other folders'],
    ['overlay /var < /var', 'other folders'],
    ['folder /root', 'closed to this user: no overlay is worth it'],
    ['folder /srv', 'empty and not writable: no overlay is worth it'],
    ['bind /README < /README', 'a regular file of the root'],
    ['memory /tmp', 'the VM alone'],
    ['memory /run', 'the VM alone'],
    ['memory /dev/shm', 'the VM alone'],
    ['proc /proc', 'its own processes'],
    ['devices /dev', 'the harmless ones'],
    ['queues /dev/mqueue', 'its own'],
  ])('%s: %s', (step) => expect(short(steps)).toContain(step));

  test.each(['/socket', '/swap.img', '/dev/kmsg'])('%s is not shown', (path) => expect(find(steps, path)).toEqual([]));
  test('what is shown on the way of another overlay needs none', () => expect(find(steps, '/opt/app')).toEqual([]));
  test('a write below /usr gets its overlay when it comes', () =>
    expect(lazy).toEqual([{ to: '/usr', lower: ['/usr'], upper: '', work: '' }]));

  test('a folder with mounts below is shown one level down', () => {
    const folders = new Map([
      ...host().folders,
      ['/var', [entry('lib'), entry('log'), entry('run', 'link', { target: '/run' })]] as const,
      ['/var/lib', [entry('data'), entry('list', 'file'), entry('box')]] as const,
    ]);
    const mounts = [...host().mounts, { at: '/var/lib/box', type: 'ext4' }];
    const shown = short(planVm(input({ host: host({ folders, mounts }) })).steps);
    expect(shown.filter((step) => / \/var/.test(step))).toEqual([
      'folder /var',
      'folder /var/lib',
      'overlay /var/lib/data < /var/lib/data',
      'bind /var/lib/list < /var/lib/list',
      'overlay /var/lib/box < /var/lib/box',
      'overlay /var/log < /var/log',
      'link /var/run',
      'memory /var/tmp',
    ]);
  });

  test('root shows the whole at once, and each mount by itself', () => {
    const root = host({ uid: 0, gid: 0, home: '/root', foreign: ['/home/me', '/home'] });
    const shown = short(planVm(input({ host: root, user: { uid: 5, gid: 5, shift: true } })).steps);
    expect(shown[0]).toBe('overlay / < /');
    expect(shown.filter((step) => step === 'overlay /home < /home').length).toBe(1);
    expect(shown).toContain('overlay /home/me < /home/me');
    expect(shown).toContain('file /etc/passwd');
    expect(shown.filter((step) => step.endsWith('< /var'))).toEqual([]);
  });

  test('a program below /tmp brings its folder, and so does the folder it is started in', () => {
    const kinds = new Map([['/tmp/work', 'folder' as const]]);
    const { steps, zones } = planVm(input({ program: '/tmp/app/app', cwd: '/tmp/work', host: host({ kinds }) }));
    expect(short(steps)).toEqual(
      expect.arrayContaining(['overlay /tmp/app < /tmp/app', 'overlay /tmp/work < /tmp/work']),
    );
    expect(zones).toContainEqual({ path: '/tmp/work', zone: 'outside', from: '/tmp/work' });
  });

  test('no rule lets a write through', () => {
    const kinds = new Map([['/opt/log', 'file' as const]]);
    const { steps } = planVm(input({ grants: [{ path: '/opt/log', access: 'write' }], host: host({ kinds }) }));
    expect(find(steps, '/opt/log')).toEqual([]);
  });
});

describe.each(['enforce', 'deny'] as const)('%s', (mode) => {
  const kinds = new Map([
    ['/srv/data', 'file'],
    ['/srv/log', 'file'],
    ['/etc/hosts', 'file'],
    ['/home/me/.ssh/config', 'file'],
    ['/srv/names', 'folder'],
    ['/srv/socket', 'other'],
  ] as const);
  const folders = new Map([...host().folders, ['/srv/names', [entry('a', 'file'), entry('b')]] as const]);
  const links = new Map([['/srv/link', 'data']]);
  const plan = (more: Partial<PlanInput>) => planVm(input({ mode, host: host({ kinds, folders, links }), ...more }));

  test('only the base system, its own folder and places to write', () =>
    expect(short(plan({}).steps).filter((step) => !/ \/(dev|proc|sys|run|var)/.test(step))).toEqual([
      'folder /',
      'folder /home/me',
      'link /bin',
      'bind /usr < /usr',
      'overlay /etc < /etc',
      'memory /tmp',
      'overlay /opt/app < /opt/app',
      'folder /home/me/work',
    ]));

  test.each([
    ['a file', '/srv/data', 'read', ['bind /srv/data < /srv/data']],
    ['a file to write', '/srv/log', 'write', ['write /srv/log < /srv/log']],
    ['a file that is not there: served when it is opened', '/srv/none', 'read', []],
    ['a socket: never by a mount', '/srv/socket', 'read', []],
    ['what the base system shows', '/etc/hosts', 'read', []],
    [
      'a folder to list: its names alone',
      '/srv/names',
      'list',
      ['folder /srv/names', 'file /srv/names/a', 'folder /srv/names/b'],
    ],
    ['a refusal', '/srv/data', 'none', []],
    ['a link: where it leads has rules of its own', '/srv/link', 'read', ['link /srv/link']],
    ['the root, which the VM has already', '/', 'list', []],
  ] as const)('grants %s', (_what, path, access, steps) => {
    const planned = plan({ grants: [{ path, access }] }).steps;
    expect(short(planned).filter((step) => step.includes(' /srv') || step.includes(' /etc/'))).toEqual([...steps]);
  });

  test('a folder to list is no bar to what lies in it', () => {
    const kinds = new Map([['/opt', 'folder' as const]]);
    const folders = new Map([...host().folders, ['/opt', [entry('app'), entry('deep'), entry('other')]] as const]);
    const more = { cwd: '/opt/deep/work', grants: [{ path: '/opt', access: 'list' as const }] };
    const { steps } = planVm(input({ mode, host: host({ kinds, folders }), ...more }));
    expect(steps.findLast((step) => step.to === '/opt/deep')).toMatchObject({ mode: 0o111 });
    expect(steps.findLast((step) => step.to === '/opt/other')).toMatchObject({ mode: 0o111 });
  });

  test('a folder to list that names the one the program starts in leaves it a place to work in', () => {
    const kinds = new Map([['/opt', 'folder' as const]]);
    const folders = new Map([...host().folders, ['/opt', [entry('app'), entry('deep')]] as const]);
    const more = { cwd: '/opt/deep', grants: [{ path: '/opt', access: 'list' as const }] };
    const { steps } = planVm(input({ mode, host: host({ kinds, folders }), ...more }));
    expect(steps.findLast((step) => step.to === '/opt/deep')).toMatchObject({ mode: 0o755 });
  });

  test('a grant in a hidden folder shows that and no more', () => {
    const { steps } = plan({ grants: [{ path: '/home/me/.ssh/config', access: 'read' }] });
    expect(short(steps)).toContain('memory /home/me/.ssh');
    expect(short(steps)).toContain('bind /home/me/.ssh/config < /home/me/.ssh/config');
    expect(masks(steps)).not.toContain('/home/me/.ssh');
  });

  test('mounts of the system file, over all else', () => {
    const { steps, zones } = plan({ mounts: { '/data': '/home/me/files', '/usr/share/x': '/srv/x' } });
    expect(short(steps)).toContain('overlay /data < /home/me/files');
    expect(short(steps)).toContain('overlay /usr < /usr'); // a bind could not hold a new name
    expect(zones).toContainEqual({ path: '/data', zone: 'mount', from: '/home/me/files' });
  });
});

describe('the protected set', () => {
  test.each([
    '/etc/shadow',
    '/home/me/.ssh',
    '/home/me/.gnupg',
    '/home/me/.aws',
    '/home/me/.local/state/shuttle',
    '/var/lib/docker',
  ])('%s is hidden wherever the host is shown, and known as protected in every mode', (name) => {
    const folder = name.slice(0, name.lastIndexOf('/'));
    for (const mode of ['allow', 'deny', 'enforce'] as const) {
      const { steps, hidden } = planVm(input({ mode, mounts: mode === 'allow' ? {} : { [folder]: folder } }));
      expect(masks(steps)).toContain(name);
      expect(hidden).toContain(name);
    }
  });

  test('where nothing of the host is shown there is nothing to hide, but what is refused', () => {
    const { steps } = planVm(input({ mode: 'enforce', grants: [{ path: '/usr/share/x', access: 'none' }] }));
    expect(masks(steps)).not.toContain('/home/me/.ssh');
    expect(masks(steps)).toContain('/usr/share/x');
  });

  test('a mount does not show it either, under whatever name', () => {
    const mounts = { '/data': '/home/me', '/keys': '/home/me/.ssh', '/work': '/srv/project' };
    const { steps, zones } = planVm(input({ mode: 'enforce', mounts, own: ['/srv/project/.shuttle'] }));
    expect(masks(steps)).toEqual(expect.arrayContaining(['/data/.ssh', '/data/.aws', '/work/.shuttle']));
    expect(masks(steps).filter((name) => name.startsWith('/keys'))).toEqual([]); // it is what was asked for
    expect(zones).toContainEqual({ path: '/work/.shuttle', zone: 'protected', from: '/srv/project/.shuttle' });
  });

  test('what is hidden below a system folder is not there, rather than empty', () => {
    const { steps } = planVm(input({ grants: [{ path: '/usr/share/x', access: 'none' }] }));
    expect(short(steps)).toContain('overlay /usr < /usr');
  });

  test('--expose shows what it names', () => {
    const { steps, zones } = planVm(input({ expose: ['/home/me/.aws'] }));
    expect(masks(steps)).not.toContain('/home/me/.aws');
    expect(zones.some((zone) => zone.path === '/home/me/.aws')).toBe(false);
  });

  test('--expose of one file shows not its folder', () => {
    const kinds = new Map([['/home/me/.ssh/known_hosts', 'file' as const]]);
    const { steps } = planVm(input({ expose: ['/home/me/.ssh/known_hosts'], host: host({ kinds }) }));
    expect(short(steps)).toContain('memory /home/me/.ssh');
    expect(short(steps)).toContain('bind /home/me/.ssh/known_hosts < /home/me/.ssh/known_hosts');
  });

  test('a program that lies in a hidden folder sees its own folder there, and nothing beside it', () => {
    const { steps } = planVm(input({ program: '/var/lib/docker/x/app' }));
    expect(short(steps)).toContain('memory /var/lib/docker');
    expect(short(steps)).toContain('overlay /var/lib/docker/x < /var/lib/docker/x');
  });

  test('a link out of it leads nowhere', () =>
    expect(masks(planVm(input({ host: host({ protectedTargets: ['/opt/keys'] }) })).steps)).toContain('/opt/keys'));

  test('a reviewer hides a file also while learning', () =>
    expect(masks(planVm(input({ grants: [{ path: '/opt/x', access: 'none' }] })).steps)).toContain('/opt/x'));

  test('every .shuttle on the way', () =>
    expect(shuttleFolders(['/a/b'])).toEqual(['/.shuttle', '/a/.shuttle', '/a/b/.shuttle']));
});

describe('a layer on disk', () => {
  const layer = { upper: '/l/upper', work: '/l/work', written: ['usr'] };
  const { steps, lazy } = planVm(input({ mode: 'enforce', layer }));
  test('the root itself is kept', () => expect(short(steps)[0]).toBe('overlay / < '));
  test('each overlay has its own folder in it', () =>
    expect(find(steps, '/opt/app')).toEqual([
      {
        do: 'overlay',
        to: '/opt/app',
        lower: ['/opt/app'],
        upper: '/l/upper/opt%2Fapp',
        work: '/l/work/opt%2Fapp',
        volatile: true,
      },
    ]));
  test('what was written below /usr is there from the start', () => {
    expect(short(steps)).toContain('overlay /usr < /usr');
    expect(lazy).toEqual([]);
  });
});
