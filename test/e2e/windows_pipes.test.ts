// Named pipes of Windows programs: the same inside one VM, learnt across two, under the learnt rules, and gone without.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, PEOPLE, type Ran } from './lab.js';
import {
  buildWindows,
  expectRules,
  type FiveRuns,
  fiveRuns,
  inOneVm,
  lacking,
  lines,
  lostNothing,
  onZ,
  why,
  words,
} from './windows_fixtures.js';

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

type Kind = keyof typeof SEEN;
// Each user's Windows base takes its time: the two kinds are tried by the first, one by the other.
const CASES = PEOPLE.flatMap((who, at) =>
  (at === 0 ? (['byte', 'message'] as const) : (['message'] as const)).map((kind) => ({ who, kind, name: who.name })),
);

const rows = (ran: Ran) => ran.rows.filter((row) => row.op === 'pipe.connect' && row.object === PIPE);

function together(lab: Lab, kind: Kind): void {
  const [server, client] = ['pipe_server', 'pipe_client'].map((name) => onZ(buildWindows(lab, name)));
  inOneVm(lab, `start /b ${server} ${PIPE} ${kind} 1 >nul & ${client} ${PIPE} ${kind} drop patient`);
}

function inTwoVms(lab: Lab, kind: Kind): void {
  lab.system(`
shuttle: 1
system: lab
main: client
vms:
  server: { program: ${words(buildWindows(lab, 'pipe_server'), PIPE, kind, '3')}, ready: 'pipe.serve ${PIPE}' }
  client: { program: ${words(buildWindows(lab, 'pipe_client'), PIPE, kind, 'drop')}, after: [server] }
`);
}

describe.skipIf(lacking !== '').each(CASES)(`Windows pipes of kind $kind, as $name${why}`, ({ who, kind }) => {
  let one: Lab, two: Lab;
  let alone: Ran, denied: Ran, learnt: Ran, ruled: Ran, without: Ran, all: FiveRuns['all'];

  beforeAll(() => {
    one = new Lab(who, false);
    two = new Lab(who, false);
    together(one, kind);
    inTwoVms(two, kind);
    ({ alone, learnt, ruled, without, denied, all } = fiveRuns(one, two, /^pipe\.connect$/));
  }, 1_800_000);
  afterAll(() => {
    one.end();
    two.end();
  });

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

  test('gives the rules that it needs', () => expectRules(all, `pipes_${kind}`));

  test('works under what was learnt', () => {
    expect(lines(ruled)).toEqual(SEEN[kind]);
    const mine = rows(ruled).filter((row) => row.vm === 'client');
    expect(mine.length).toBeGreaterThan(0);
    expect(mine.every((row) => row.verdict === 'shuttled' && row.rule !== null)).toBe(true);
  });

  test.each(['denied', 'without a rule'] as const)('%s: it is not there, and the record says it was kept', (which) => {
    const ran = which === 'denied' ? denied : without;
    expect(lines(ran)).toEqual(['wait: error 2']);
    expect(rows(ran)).toContainEqual(expect.objectContaining({ vm: 'client', verdict: 'blocked', peer: 'server' }));
  });

  test('nothing was lost', () => {
    lostNothing([alone, learnt, ruled, without, denied]);
  });
});
