import { expect, test } from 'vitest';
import { type CompiledRule, NO_CONDITIONS, type Pattern } from '../../../native/contract/rules.js';
import type { Op } from '../../../native/contract/words.js';
import { parseObject } from '../../../tracer/dbus/object.js';
import { learningPolicy, policyOf } from '../../../tracer/dbus/policy.js';
import { isProtectedName, OPEN_PREFIXES } from '../../../tracer/dbus/protected.js';

const rule = (op: Op, object: Pattern | string, more: Partial<CompiledRule> = {}): CompiledRule => ({
  id: 'r',
  ...NO_CONDITIONS,
  allow: true,
  ops: [op],
  from: 'app',
  to: 'host',
  object: typeof object === 'string' ? [object] : object,
  ...more,
});
const rest = { token: 'rest' } as const;
const uint = { token: 'uint' } as const;

test.each<[CompiledRule, object]>([
  [rule('dbus.call', 'session:org.a.B /x a.b.C'), { args: ['--call=org.a.B=a.b.C@/x'], widened: [], unsaid: [] }],
  [rule('dbus.listen', 'session:org.a.B /x a.b.C'), { args: ['--broadcast=org.a.B=a.b.C@/x'] }],
  [rule('dbus.own', 'session:org.me'), { args: ['--own=org.me'], widened: [] }],
  [rule('dbus.call', ['session:org.a.B /x/', rest, ' ', rest]), { args: ['--call=org.a.B=*@/x/*'], widened: [] }],
  [
    rule('dbus.call', ['session:org.a.B /job/', uint, ' a.b.C']),
    { args: ['--call=org.a.B=a.b.C@/job/*'], widened: ['r'] },
  ],
  [rule('dbus.call', ['session:org.a.B /job', uint, ' a.b.C']), { args: ['--call=org.a.B=a.b.C@/*'], widened: ['r'] }],
  [
    rule('dbus.call', ['session:org.a.B /x a.b.', { token: 'name' }]),
    { args: ['--call=org.a.B=a.b.*@/x'], widened: ['r'] },
  ],
  [rule('dbus.call', ['session:org.a.', rest, ' /x a.b.C']), { args: ['--call=org.a.*=a.b.C@/x'], widened: ['r'] }],
  [rule('dbus.call', ['session:org.a', uint, ' /x a.b.C']), { args: [], widened: [], unsaid: ['r'] }],
  [rule('dbus.call', ['session:', rest, ' /x a.b.C']), { args: [], unsaid: ['r'] }],
  [rule('dbus.own', ['session:org.me.u', { token: 'uid' }]), { args: ['--own=org.me.u1000'] }],
  [rule('dbus.call', 'system:org.a.B /x a.b.C'), { args: [] }],
  [rule('dbus.call', 'session:org.a.B /x a.b.C', { from: 'other' }), { args: [] }],
  [rule('dbus.call', 'session:org.a.B /x a.b.C', { to: 'db' }), { args: [] }],
  [rule('dbus.call', 'session:org.a.B /x a.b.C', { allow: false }), { args: [] }],
  [rule('unix.connect', '/run/bus'), { args: [] }],
  [rule('dbus.own', 'session:noname'), { args: [], unsaid: ['r'] }],
])('%j', (one, policy) => expect(policyOf([one], 'app', 'session', { uid: '1000' })).toMatchObject(policy));

test('a refusal of the same thing takes the permission away', () => {
  const [yes, no] = [rule('dbus.own', 'session:org.me'), rule('dbus.own', 'session:org.me', { allow: false })];
  expect(policyOf([yes, no], 'app', 'session').args).toEqual([]);
});

test('learning opens what is known, but for the protected set and what was refused', () => {
  const present = [
    'org.foo.Bar',
    'org.freedesktop.systemd1',
    'org.freedesktop.secrets',
    'org.freedesktop.Notifications',
    'com.no',
    ':1.3',
    'org.freedesktop.DBus',
    'not a name',
  ];
  const own = ['org.foo.Mine', 'org.freedesktop.portal.Desktop', 'com.no'];
  const refused = [
    rule('dbus.call', 'session:com.no /x a.b.C', { allow: false }),
    rule('dbus.own', 'session:com.github.no', { allow: false }),
  ];
  const { args } = learningPolicy(refused, 'app', 'session', { present, own });
  expect(args.filter((arg) => arg.startsWith('--talk'))).toEqual([
    '--talk=org.foo.Bar',
    '--talk=org.freedesktop.Notifications',
  ]);
  expect(args.filter((arg) => !arg.endsWith('.*') && arg.startsWith('--own'))).toEqual(['--own=org.foo.Mine']);
  expect(args).toContain('--own=org.mozilla.*');
  expect(args).not.toContain('--own=com.github.*'); // it would let the refused name in
});

test('no prefix that learning opens reaches into the protected set', () => {
  for (const name of [
    'org.freedesktop.systemd1',
    'org.freedesktop.portal.Flatpak',
    'org.gnome.keyring',
    'io.snapcraft.Launcher',
    'io.podman',
    'ca.desrt.dconf',
  ]) {
    expect(isProtectedName(name)).toBe(true);
    expect(OPEN_PREFIXES.filter((prefix) => name === prefix || name.startsWith(`${prefix}.`))).toEqual([]);
  }
});

test.each([
  ['session:org.me', { bus: 'session', name: 'org.me', path: null, member: null }],
  ['system:org.me /a b.C', { bus: 'system', name: 'org.me', path: '/a', member: 'b.C' }],
  ['other:org.me', null],
  ['session:org.me /a', null],
  ['session:', null],
])('%s', (text, object) => expect(parseObject(text)).toEqual(object));
