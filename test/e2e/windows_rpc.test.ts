// Local RPC between Windows VMs: the same inside one VM, learnt across two, under the learnt rules, gone without, and each
// interface and operation for itself.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, PEOPLE, type Ran } from './lab.js';
import { buildEnds, expectRules, lacking, lines, onZ, rulesFor, why, words } from './windows_fixtures.js';

const PIPE = '\\\\.\\pipe\\lrpc\\lab-rpc';
const LAB = '{1ab01ab0-0001-0002-8001-020304050607}';
const SAID = [
  'operation 0: 0, 11 bytes: HELLO THERE',
  'operation 1: 0, 200000 bytes: xxxx',
  'operation 0: 0, 5 bytes: AGAIN',
];

describe.skipIf(lacking !== '')(`Windows RPC${why}`, () => {
  let lab: Lab;
  let alone: Ran, learnt: Ran, ruled: Ran, one: Ran, uncalled: Ran, without: Ran, denied: Ran, rules: unknown[];
  let all: Record<string, unknown>[];

  beforeAll(() => {
    lab = new Lab(PEOPLE[0] as (typeof PEOPLE)[number], false);
    const [server, client] = buildEnds(lab, 'rpc', '-lrpcrt4');
    const both = `start /b ${onZ(server)} serve lab-rpc & ${onZ(client)} call lab-rpc patient`;
    const system = `
shuttle: 1
system: lab
main: user
vms:
`;
    lab.system(`${system}  user: { program: ${words('C:\\windows\\system32\\cmd.exe', '/c', both)} }\n`);
    alone = lab.shuttle('learn', '--ephemeral');
    const two = `${system}
  owner: { program: ${words(server, 'serve', 'lab-rpc')}, ready: 'pipe.serve ${PIPE}' }
  user: { program: ${words(client, 'call', 'lab-rpc')}, after: [owner] }
`;
    lab.system(two);
    learnt = lab.shuttle('learn');
    rules = rulesFor(lab, /^(rpc|pipe)\./);
    all = rulesFor(lab, /./);
    ruled = lab.shuttle('run');
    lab.without(({ allow }) => allow === 'rpc.call');
    uncalled = lab.shuttle('run');
    lab.without(({ allow }) => /^(rpc|pipe)\./.test(String(allow)));
    without = lab.shuttle('run');
    denied = lab.shuttle('learn', '--deny', '-o', `${lab.file}.denied`);
    const about = `from: user, to: owner, state: accepted`;
    lab.system(`${two}rules:
  - { id: pipe, allow: pipe.connect, object: '${PIPE}', ${about} }
  - { id: bind, allow: rpc.bind, object: '{${LAB}}', ${about} }
  - { id: call, allow: rpc.call, object: '{${LAB}}', operation: '0', ${about} }
`);
    one = lab.shuttle('run');
  }, 1_800_000);
  afterAll(() => lab.end());

  const rows = (ran: Ran, op: string) =>
    ran.rows.filter((row) => row.vm === 'user' && row.op === op && row.object !== '\\\\.\\pipe\\svcctl');
  const operations = (ran: Ran) =>
    rows(ran, 'rpc.call').map(({ verdict, detail }) => [verdict, JSON.parse(detail ?? 'null')]);

  test('inside one VM', () => expect(lines(alone)).toEqual(SAID));

  test.each(['learning', 'under the rules'])(
    '%s: as if it were inside, and interface and operations are recorded',
    (how) => {
      const ran = how === 'learning' ? learnt : ruled;
      expect(lines(ran)).toEqual(SAID);
      const rule = how === 'learning' ? null : expect.any(String);
      const carried = { verdict: 'shuttled', peer: 'owner', source: 'engine', rule };
      expect(rows(ran, 'pipe.connect')).toContainEqual(expect.objectContaining({ ...carried, object: PIPE }));
      expect(rows(ran, 'rpc.bind')).toEqual([
        expect.objectContaining({ ...carried, object: LAB, detail: '{"version":"3.1"}' }),
      ]);
      expect(operations(ran)).toEqual(['0', '1'].map((operation) => ['shuttled', { version: '3.1', operation }]));
    },
  );

  test('gives the rules it needs', () => {
    const about = { from: 'user', to: 'owner' };
    expect(rules).toEqual([
      { allow: 'pipe.connect', ...about, object: PIPE },
      { allow: 'rpc.bind', ...about, object: `{${LAB}}` },
      { allow: 'rpc.call', ...about, object: `{${LAB}}` },
    ]);
  });

  test('and nothing beside them: what the expected file says', () => expectRules(all, 'rpc'));

  test('one operation allowed, another not', () => {
    expect(lines(one)).toEqual([SAID[0], 'operation 1: 5', SAID[2]]);
    expect(operations(one)).toEqual([
      ['shuttled', { version: '3.1', operation: '0' }],
      ['blocked', { version: '3.1', operation: '1' }],
      // Who was refused comes on a channel of its own the next time.
      ['shuttled', { version: '3.1', operation: '0' }],
    ]);
  });

  test('an interface may be bound, and nothing of it called', () => {
    expect(lines(uncalled)).toEqual(['operation 0: 5', 'operation 1: 5', 'operation 0: 5']);
    expect(new Set(operations(uncalled).map(([verdict]) => verdict))).toEqual(new Set(['blocked']));
  });

  test.each(['denied', 'without a rule'] as const)(
    '%s: there is no server, and the record says it was kept',
    (which) => {
      const ran = which === 'denied' ? denied : without;
      expect(lines(ran)).toEqual(['operation 0: 1722', 'operation 1: 1722', 'operation 0: 1722']);
      expect(rows(ran, 'rpc.bind')).toEqual([]);
      expect(rows(ran, 'pipe.connect')).toContainEqual(
        expect.objectContaining({ verdict: 'blocked', peer: 'owner', object: PIPE }),
      );
    },
  );
});
