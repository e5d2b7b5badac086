import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CompiledRule, NO_CONDITIONS } from '../../../native/contract/rules.js';
import { groupWith, isKnown, passwdWith } from '../../../tracer/vm/accounts.js';
import { fileGrants, withVariables } from '../../../tracer/vm/grants.js';
import { upperName, upperPath } from '../../../tracer/vm/layer_place.js';
import { parseMountinfo } from '../../../tracer/vm/mountinfo.js';
import { namespacesNeed } from '../../../tracer/vm/namespaces.js';
import { ownFolder } from '../../../tracer/vm/own_folder.js';
import { isBelow, parentsOf } from '../../../tracer/vm/paths.js';
import { stateFolder } from '../../../tracer/vm/state.js';

describe('mountinfo', () => {
  test.each([
    ['22 27 0:21 / /proc rw,relatime - proc proc rw', [{ at: '/proc', type: 'proc' }]],
    ['22 27 0:21 / /a\\040b\\134c rw shared:1 master:2 - fuse.x x rw', [{ at: '/a b\\c', type: 'fuse.x' }]],
    ['', []],
    ['22 27 0:21 / relative rw - x y z', []],
    ['22 27', []],
  ])('%s', (text, mounts) => expect(parseMountinfo(text)).toEqual(mounts));
  test('no text breaks it', () => fc.assert(fc.property(fc.string(), (text) => Array.isArray(parseMountinfo(text)))));
});

test('the name of an upper folder leads back to its path, and is one name', () =>
  fc.assert(
    fc.property(
      fc.array(fc.string({ minLength: 1 }).filter((name) => !name.includes('/') && !name.includes('\0'))),
      (names) => {
        const path = `/${names.join('/')}`;
        expect(upperName(path)).not.toContain('/');
        expect(upperPath(upperName(path))).toBe(path);
      },
    ),
  ));

test.each([
  ['/a/b', '/a', true],
  ['/a', '/', true],
  ['/a', '/a', false],
  ['/ab', '/a', false],
  ['/', '/', false],
])('%s below %s: %s', (path, folder, below) => expect(isBelow(path, folder)).toBe(below));
test('parents', () => expect(parentsOf('/a/b/c')).toEqual(['/', '/a', '/a/b']));

test.each([
  ['/usr/bin/node', null, 'the base system'],
  ['/opt/app/run', '/opt/app', 'the folder it lies in'],
  ['/opt/node/bin/node', '/opt/node', 'above bin'],
  ['/home/me/run', '/home/me/run', 'a person’s home is no program’s'],
  ['/home/me/bin/run', '/home/me/bin/run', 'nor is the folder of all their programs'],
  ['/home/me/.local/bin/run', '/home/me/.local/bin/run', 'nor that one'],
  ['/home/me/game/run', '/home/me/game', 'the folder it lies in'],
  ['/tmp/run', '/tmp/run', 'a folder of many'],
  ['/run', '/run', 'the root'],
])('own folder of %s: %s (%s)', (program, own, _why) => expect(ownFolder(program, '/home/me')).toBe(own));

test.each([
  [{}, 1000, '/home/me', '/home/me/.local/state/shuttle'],
  [{}, 0, '/root', '/var/lib/shuttle'],
  [{ XDG_STATE_HOME: '/x' }, 0, '/root', '/x/shuttle'],
  [{ XDG_STATE_HOME: 'relative' }, 1000, '/home/me', '/home/me/.local/state/shuttle'],
])('state of %j for %i', (env, uid, home, folder) => expect(stateFolder(env, uid, home)).toBe(folder));

describe('accounts', () => {
  const me = { uid: 7, gid: 8, name: 'root', home: '/root' };
  test('come first, and alone under their name and number', () => {
    const text = passwdWith('root:x:0:0:root:/root:/bin/bash\nsomebody:x:7:7::/:/bin/sh\nbin:x:2:2::/:/x\n', me);
    expect(text).toBe('root:x:7:8:root:/root:/bin/sh\nbin:x:2:2::/:/x\n');
    expect(isKnown(text, me)).toBe(true);
  });
  test('and their group', () => expect(groupWith('a:x:8:\nroot:x:0:\nb:x:9:\n', me)).toBe('root:x:8:\nb:x:9:\n'));
});

describe('grants', () => {
  const rule = (more: Partial<CompiledRule>): CompiledRule => ({
    ...NO_CONDITIONS,
    id: 'r',
    allow: true,
    ops: ['file.read'],
    from: 'app',
    to: 'host',
    object: ['/a'],
    ...more,
  });
  test.each([
    ['read', [rule({})], [{ path: '/a', access: 'read' }]],
    ['several are one, the widest', [rule({}), rule({ ops: ['file.write'] })], [{ path: '/a', access: 'write' }]],
    [
      'a refusal is above all',
      [rule({ allow: false }), rule({ ops: ['file.write'] })],
      [{ path: '/a', access: 'none' }],
    ],
    ['another VM’s', [rule({ from: 'db' })], []],
    ['to another VM', [rule({ to: 'db' })], []],
    ['tokens are served when it is opened', [rule({ object: ['/a/', { token: 'pid' }] })], []],
    ['as are images', [rule({ fromImage: 'x' })], []],
    ['and arguments', [rule({ args: [['x']] })], []],
    ['no path', [rule({ object: ['C:\\a'] })], []],
    ['other operations', [rule({ ops: ['unix.connect'] })], []],
    [
      'write for reading only',
      [rule({ ops: ['file.write', 'file.read'], access: 1 })],
      [{ path: '/a', access: 'read' }],
    ],
  ] as const)('%s', (_what, rules, grants) => expect(fileGrants([...rules], 'app')).toEqual([...grants]));

  test('tokens that last as long as the VM are as good as literals', () => {
    const variables = { user: 'ada', uid: '1000', host: 'lab', home: '/home/ada', temp: '/tmp', session: '' };
    const rules = [
      rule({ object: [{ token: 'home' }, '/.config/', { token: 'user' }] }),
      rule({ object: [{ token: 'home' }, '/', { token: 'uint' }] }),
      rule({ object: ['/var/', { token: 'session' }] }),
    ];
    const granted = fileGrants(withVariables(rules, variables), 'app');
    expect(granted).toEqual([{ path: '/home/ada/.config/ada', access: 'read' }]);
  });
});

test.each([
  [{}, null],
  [{ 'user.max_user_namespaces': '96365', 'kernel.unprivileged_userns_clone': '1' }, null],
  [{ 'user.max_user_namespaces': '0' }, 'user.max_user_namespaces=10000'],
  [{ 'kernel.unprivileged_userns_clone': '0' }, 'kernel.unprivileged_userns_clone=1'],
  [{ 'kernel.apparmor_restrict_unprivileged_userns': '1' }, 'kernel.apparmor_restrict_unprivileged_userns=0'],
])('namespaces under %j need %s', (settings, needed) =>
  expect(namespacesNeed((name) => (settings as Record<string, string>)[name] ?? null)).toBe(needed),
);
