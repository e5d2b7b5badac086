import { describe, expect, test } from 'vitest';
import { NO_CONDITIONS } from '../../native/contract/rules.js';
import { compileSystem, isWindows } from '../../policygen/compile.js';
import { parseSystemFile } from '../../policygen/file/parse.js';
import { startOrder } from '../../policygen/order.js';

const HEAD = `shuttle: 1
main: app
vms:
  app: { program: [/bin/app] }
  win: { program: ['C:\\app.exe'] }
rules:
`;
const compile = (lines: string, acceptedOnly = false) =>
  compileSystem(parseSystemFile(HEAD + lines, 'f'), { acceptedOnly });

test('every key', () => {
  const lines = `
  - { id: c, allow: tcp.connect, from: app, to: net, object: 'x.org:443', state: accepted }
  - id: r
    allow: [program.start]
    from: app:my-app
    to: host:sh
    object: /bin/{name}
    args: [-c, '{hex:4}']
    phase: startup
    carrier: c
    state: accepted
  - { id: f, allow: file.read, from: app, to: host, object: /x, access: [read, execute], carry: relay }
  - { id: w, allow: window.send, from: win, to: app, object: Edit, message: 74, title: T, state: refused }
  - { id: o, allow: rpc.call, from: win, to: app, object: '{{u}}', operation: 19 }
`;
  const plain = { ...NO_CONDITIONS, allow: true };
  expect(compile(lines)).toEqual([
    // c brings r's values, so what it carries has to be read.
    { ...plain, id: 'c', ops: ['tcp.connect'], from: 'app', to: 'net', object: ['x.org:443'], fold: true, relay: true },
    {
      ...plain,
      id: 'r',
      ops: ['program.start'],
      from: 'app',
      fromImage: 'my-app',
      to: 'host',
      toImage: 'sh',
      object: ['/bin/', { token: 'name' }],
      args: [['-c'], [{ token: 'hex', width: 4 }]],
      phase: 'startup',
      carrier: 'c',
    },
    { ...plain, id: 'f', ops: ['file.read'], from: 'app', to: 'host', object: ['/x'], access: 5, relay: true },
    {
      ...plain,
      id: 'w',
      allow: false,
      ops: ['window.send'],
      from: 'win',
      to: 'app',
      object: ['Edit'],
      message: '74',
      title: 'T',
      fold: true,
    },
    { ...plain, id: 'o', ops: ['rpc.call'], from: 'win', to: 'app', object: ['{u}'], operation: '19', fold: true },
  ]);
});

test('states: proposed rules allow, under accepted-only they are not there, refused ones always block', () => {
  const lines = ['proposed', 'accepted', 'refused']
    .map((state) => `  - { id: ${state}, allow: dns.resolve, from: app, to: net, object: x, state: ${state} }\n`)
    .join('');
  const said = (acceptedOnly: boolean) => compile(lines, acceptedOnly).map((rule) => [rule.id, rule.allow]);
  expect(said(false)).toEqual([
    ['proposed', true],
    ['accepted', true],
    ['refused', false],
  ]);
  expect(said(true)).toEqual([
    ['accepted', true],
    ['refused', false],
  ]);
});

describe('names are compared as Windows does', () => {
  test.each([
    ['file.read', 'app', 'host', false],
    ['file.read', 'win', 'host', true],
    ['pipe.connect', 'win', 'app', true],
    ['memory.open', 'app', 'win', false],
    ['unix.connect', 'win', 'app', false],
    ['dbus.call', 'win', 'host', false],
    ['tcp.connect', 'app', 'net', true],
    ['dns.resolve', 'app', 'net', true],
    ['name.pass', 'app', 'win', true],
    ['name.pass', 'win', 'app', false],
  ])('%s from %s to %s: %s', (op, from, to, fold) => {
    const [rule] = compile(`  - { id: r, allow: ${op}, from: ${from}, to: ${to}, object: x }`);
    expect(rule!.fold).toBe(fold);
  });

  test('a rule for both kinds becomes two', () => {
    const rules = compile('  - { id: r, allow: [unix.connect, pipe.connect], from: win, to: app, object: x }');
    expect(rules.map((rule) => [rule.id, rule.ops, rule.fold])).toEqual([
      ['r', ['unix.connect'], false],
      ['r', ['pipe.connect'], true],
    ]);
  });
});

describe('a passed name', () => {
  const passes = (more: string) =>
    compile(`
  - { id: c, allow: tcp.connect, from: app, to: win, object: 'x:1' }
  - { id: p, allow: name.pass, from: app, to: win, object: 'Z:\\x\\{name}'${more} }
`).filter(({ id }) => id === 'p');

  test('is what the receiver may open of the sender’s and the host’s, once its carrier brought it', () => {
    expect(passes(', access: [read, write], carrier: c')).toMatchObject([
      {
        ops: ['file.read', 'file.list', 'library.load', 'file.write'],
        from: 'win',
        to: 'app',
        fold: true,
        carrier: 'c',
      },
      { ops: ['file.read', 'file.list', 'library.load', 'file.write'], from: 'win', to: 'host', carrier: 'c' },
    ]);
  });
  test('without a carrier is none', () => expect(passes('')[0]!.carrier).toBe(' '));
  test('that was refused refuses nothing of the host', () => {
    expect(passes(', carrier: c, state: refused').map(({ allow, to }) => [allow, to])).toEqual([[false, 'app']]);
  });
});

test.each([
  [['C:\\a\\b'], null, true],
  [['c:/a/b'], null, true],
  [['./App.EXE'], null, true],
  [['setup.msi'], null, true],
  [['/bin/app'], null, false],
  [['app.exe.sh'], null, false],
  [['/bin/app'], 'win10' as const, true],
])('%j with windows: %s is Windows: %s', (program, windows, expected) =>
  expect(isWindows({ program, windows })).toBe(expected),
);

describe('the order of starting', () => {
  const vm = (name: string, ...after: string[]) => ({ name, after });
  test.each([
    [
      [vm('a'), vm('b')],
      ['a', 'b'],
    ],
    [
      [vm('a', 'b'), vm('b')],
      ['b', 'a'],
    ],
    [
      [vm('d', 'b', 'c'), vm('c', 'a'), vm('b', 'a'), vm('a')],
      ['a', 'c', 'b', 'd'],
    ],
    [[], []],
  ])('%j', (vms, order) => expect(startOrder(vms)).toEqual(order));
  test('a circle is a bug here', () => expect(() => startOrder([vm('a', 'a')])).toThrow());
});
