import { expect, test } from 'vitest';
import { checkSystemFile, nameOf, parseSystemFile } from '../../../policygen/file/parse.js';
import { ORDERS, withRules } from './orders.js';

test('the design’s example', () => {
  const { system, rules } = parseSystemFile(ORDERS, '/srv/orders.shuttle.yaml');
  expect(system).toEqual({
    name: 'orders',
    file: '/srv/orders.shuttle.yaml',
    folder: '/srv',
    main: 'app',
    check: 'node check.mjs',
    vms: [
      {
        name: 'db',
        program: ['C:\\pgsql\\bin\\pg_ctl.exe', 'start', '-D', 'C:\\data', '-o', '-p 5544'],
        cwd: null,
        user: null,
        windows: 'win10',
        display: 'none',
        limits: { memory: 0, processes: 0, cpu: 0, disk: 0, wall: 0 },
        mounts: { 'C:\\pgsql': '/srv/pgsql' },
        env: {},
        setup: [['C:\\pgsql\\bin\\initdb.exe', '-D', 'C:\\data', '-U', 'postgres']],
        after: [],
        ready: { op: 'tcp.serve', object: '127.0.0.1:5544' },
      },
      {
        name: 'app',
        program: ['C:\\node\\node.exe', 'orders.js'],
        cwd: null,
        user: null,
        windows: null,
        display: 'none',
        limits: { memory: 0, processes: 0, cpu: 0, disk: 0, wall: 0 },
        mounts: {},
        env: { PGPORT: '5544' },
        setup: [],
        after: ['db'],
        ready: null,
      },
    ],
  });
  expect(rules).toEqual([
    {
      id: 'app-db',
      allow: 'tcp.connect',
      from: 'app',
      to: 'db',
      object: '127.0.0.1:5544',
      state: 'accepted',
      needed: 'proven',
      evidence: { runs: 5, of: 5, times: 41, first: '2026-11-22T10:00:00Z', last: '2026-11-22T11:00:00Z' },
    },
  ]);
});

test('every key of a VM', () => {
  const text = `shuttle: 1
vms:
  app:
    program: [/bin/app, -n, 5, 0x10, 1e3, yes, true, 007]
    cwd: /srv/größe
    user: 1000
    display: private
    limits: { memory: 512M, processes: 20, cpu: 1.5, disk: 2g, wall: 5m }
    mounts: { /srv: ../srv, /opt: /opt/x }
    env: { PORT: 0777, ON: on, NONE: '', YES: true, BIG: 12345678901234567890 }
    after: []
`;
  const app = parseSystemFile(text, '/w/a.yaml').system.vms[0]!;
  expect(app.program).toEqual(['/bin/app', '-n', '5', '0x10', '1e3', 'yes', 'true', '007']);
  expect(app.env).toEqual({ PORT: '0777', ON: 'on', NONE: '', YES: 'true', BIG: '12345678901234567890' });
  expect(app.mounts).toEqual({ '/srv': '/srv', '/opt': '/opt/x' });
  expect(app).toMatchObject({ cwd: '/srv/größe', user: '1000', display: 'private' });
  expect(app.limits).toEqual({ memory: 512 * 2 ** 20, processes: 20, cpu: 1.5, disk: 2 * 2 ** 30, wall: 300 });
});

test('every key of a rule', () => {
  const text = withRules(
    '  - { id: c, allow: tcp.connect, from: app, to: db, object: "db:1" }',
    '  - id: every',
    '    allow: [program.start]',
    '    from: app:my-app',
    '    to: host:sh',
    '    object: /bin/{name}',
    '    args: [-c, 5, "{given}"]',
    '    carrier: c',
    '    carry: relay',
    '    phase: startup',
    '    state: refused',
    '    needed: optional',
    '    decided: { by: ann, at: 2026-11-22T10:00:00+01:00 }',
    '    note: |',
    '      because',
    '  - { allow: [window.send, window.find], from: app, to: db, object: Edit, message: 74, title: "a: b" }',
    '  - { allow: rpc.call, from: app, to: db, object: "{{uuid}}", operation: 19 }',
    '  - { allow: [file.read], from: app, to: host, object: /etc/hosts, access: [read, execute] }',
  );
  const [, every, window, rpc, file] = parseSystemFile(text, 'a.yaml').rules;
  expect(every).toMatchObject({ args: ['-c', '5', '{given}'], phase: 'startup', note: 'because\n', state: 'refused' });
  expect(window).toMatchObject({ message: '74', title: 'a: b', state: 'proposed', needed: 'unknown' });
  expect(rpc).toMatchObject({ operation: '19', object: '{{uuid}}' });
  expect(file!.id).toMatch(/^app-host-file-read-[0-9a-f]{8}$/);
});

test('a rule without an id gets the same one each time, and twins get two', () => {
  const line = '  - { allow: dns.resolve, from: app, to: net, object: example.org }';
  const ids = () => parseSystemFile(withRules(line, line), 'a.yaml').rules.map((rule) => rule.id);
  expect(ids()).toEqual(ids());
  expect(new Set(ids()).size).toBe(2);
});

test.each([
  ['/x/orders.shuttle.yaml', 'orders'],
  ['my app.yml', 'my-app'],
  ['.yaml', 'system'],
  ['größe.shuttle.yaml', 'gr-e'],
  ['app.exe.shuttle.yaml', 'app.exe'],
])('a system without a name is called after its file: %s → %s', (file, name) => expect(nameOf(file)).toBe(name));

test.each([
  ['no rules', 'shuttle: 1\nvms: { a: { program: [x] } }\n'],
  ['an empty key', 'shuttle: 1\nvms: { a: { program: [x] } }\nrules:\n'],
  ['an empty list', 'shuttle: 1\nvms: { a: { program: [x] } }\nrules: []\n'],
  ['a byte order mark', '\ufeffshuttle: 1\nvms: { a: { program: [x] } }\n'],
  ['Windows line ends', 'shuttle: 1\r\nvms:\r\n  a:\r\n    program: [x]\r\n'],
  ['a document start and end', '---\nshuttle: 1\nvms: { a: { program: [x] } }\n...\n'],
  ['a YAML directive', '%YAML 1.2\n---\nshuttle: 1\nvms: { a: { program: [x] } }\n'],
])('%s', (_name, text) => expect(checkSystemFile(text, 'a.yaml').complaints).toEqual([]));
