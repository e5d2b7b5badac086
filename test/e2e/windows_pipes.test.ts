// Named pipes of Windows programs: the same inside one VM, learnt across two, under the learnt rules, and gone without.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, PEOPLE, type Ran } from './lab.js';
import { buildWindows, lacking, lines, why, words } from './windows_fixtures.js';

const PIPE = '\\\\.\\pipe\\lab';
const ECHOES = [1, 16, 4096, 65_536, 65_537, 300_000].map((size) => `echo ${size}: same`);
const SEEN = {
  byte: ['type byte, end client', ...ECHOES, 'peek: yes, 0 there', 'after drop: error 233'],
  message: [
    'type message, end client',
    ...ECHOES,
    'echo 0: same',
    'transact: question',
    'peek: yes, 0 there',
    'after drop: error 233',
  ],
};

describe.skipIf(lacking !== '').each(PEOPLE)(`Windows pipes, as $name${why}`, (who) => {
  describe.each(['byte', 'message'] as const)('%s', (kind) => {
    let lab: Lab;
    let alone: Ran, denied: Ran, learnt: Ran, ruled: Ran, without: Ran;

    beforeAll(() => {
      lab = new Lab(who);
      const [server, client] = ['pipe_server', 'pipe_client'].map((name) => buildWindows(lab, name)) as [
        string,
        string,
      ];
      const drive = (path: string) => `Z:${path.replaceAll('/', '\\')}`;
      const both = `start /b ${drive(server)} ${PIPE} ${kind} 1 >nul & ${drive(client)} ${PIPE} ${kind} drop patient`;
      lab.system(`
shuttle: 1
system: lab
main: one
vms:
  one: { program: ${words('C:\\windows\\system32\\cmd.exe', '/c', both)} }
`);
      alone = lab.shuttle('learn');
      lab.system(`
shuttle: 1
system: lab
main: client
vms:
  server: { program: ${words(server, PIPE, kind, '3')}, ready: 'pipe.serve ${PIPE}' }
  client: { program: ${words(client, PIPE, kind, 'drop')}, after: [server] }
`);
      denied = lab.shuttle('learn', '--deny', '-o', `${lab.file}.denied`);
      learnt = lab.shuttle('learn');
      ruled = lab.shuttle('run');
      lab.without((rule) => rule.allow === 'pipe.connect');
      without = lab.shuttle('run');
    }, 600_000);
    afterAll(() => lab.end());

    const rows = (ran: Ran) => ran.rows.filter((row) => row.op === 'pipe.connect' && row.object === PIPE);

    test('behaves inside one VM, where it is seen', () => {
      expect(lines(alone)).toEqual(SEEN[kind]);
      expect(rows(alone)).toContainEqual(expect.objectContaining({ verdict: 'passed', source: 'agent', peer: 'one' }));
    });

    test('is carried while learning, as if it were inside', () => {
      expect(lines(learnt)).toEqual(SEEN[kind]);
      expect(rows(learnt)).toContainEqual(
        expect.objectContaining({ vm: 'client', verdict: 'shuttled', peer: 'server', status: 0, source: 'engine' }),
      );
    });

    test('works under what was learnt', () => {
      expect(lines(ruled)).toEqual(SEEN[kind]);
      expect(rows(ruled).every((row) => row.verdict === 'shuttled' && row.rule !== null)).toBe(true);
    });

    test.each(['denied', 'without a rule'] as const)(
      '%s: it is not there, and the record says it was kept',
      (which) => {
        const ran = which === 'denied' ? denied : without;
        expect(lines(ran)).toEqual(['wait: error 2']);
        expect(rows(ran)).toContainEqual(expect.objectContaining({ vm: 'client', verdict: 'blocked', peer: 'server' }));
      },
    );

    test('nothing was lost', () => {
      for (const ran of [alone, learnt, ruled]) expect(ran.err).not.toContain('lost');
    });
  });
});
