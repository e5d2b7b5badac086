// Mutexes, events, semaphores and timers of Windows programs: the same inside one VM, learnt across two, under the learnt
// rules, and gone without.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, PEOPLE, type Ran } from './lab.js';
import {
  buildEnds,
  expectRules,
  fiveRuns,
  inOneVm,
  lacking,
  lines,
  lostNothing,
  onZ,
  why,
  words,
} from './windows_fixtures.js';

// As plain Wine has it.
const SEEN = [
  'create of what is there: 183',
  'mutex of another: time-out',
  'not mine to release: 288',
  "owner's part: got 0",
  'mutex: got 0',
  'mutex again: got 0',
  'by another handle: got 0',
  'manual event: got 0',
  "owner's part: got 0",
  'release: 1',
  'release: 1',
  'release: 1',
  'mutex, free: got 0',
  'release: 1',
  'manual event, reset: time-out',
  'auto event: time-out',
  "owner's part: got 0",
  'auto event: got 1',
  'local event: got 0',
  'auto event, set here: got 0',
  'auto event, used up: time-out',
  'auto event, set by a thread: got 0',
  'both: got 0',
  'with messages: got 0',
  "owner's part: got 0",
  'pulse: got 0',
  "owner's part: got 0",
  'after the pulse: time-out',
  'semaphore: got 0',
  'semaphore: time-out',
  "owner's part: got 0",
  'semaphore: got 0',
  'semaphore: got 0',
  'before: 0',
  'too many: 298',
  "owner's part: got 0",
  'timer: got 0',
  'timer, used up: time-out',
  'set: 1',
  'timer beside another: got 1',
  "owner's part: got 0",
  'held: abandoned 0',
  'held: got 0',
  "owner's part: got 0",
];
const OWNER = ['own: mutex time-out, event got 0', 'own: abandoned 0'];

const USED = [
  ['event.create', 'done'],
  ['event.open', 'auto'],
  ['event.open', 'go'],
  ['event.open', 'manual'],
  ['mutex.open', 'held'],
  ['mutex.open', 'mutex'],
  ['semaphore.open', 'semaphore'],
  ['timer.open', 'timer'],
] as const;
const KINDS = /^(mutex|event|semaphore|timer)\./;

const rows = (ran: Ran, vm: string) =>
  ran.rows.filter((row) => row.vm === vm && KINDS.test(row.op) && row.object.includes('-lab-'));

describe.skipIf(lacking !== '').each([
  { where: 'Local', who: PEOPLE[0] as (typeof PEOPLE)[number] },
  { where: 'Global', who: PEOPLE.at(-1) as (typeof PEOPLE)[number] },
])(`Windows things that are waited for, in $where${why}`, ({ where, who }) => {
  const prefix = `${where}\\the-lab`;
  const named = (what: string) => `${where}\\the-lab-${what}`;
  let one: Lab, two: Lab;
  let rules: Record<string, unknown>[], all: Record<string, unknown>[];
  let alone: Ran, learnt: Ran, ruled: Ran, without: Ran, denied: Ran;

  beforeAll(() => {
    [one, two] = [new Lab(who, false), new Lab(who, false)];
    const [own, use] = buildEnds(one, 'waits', '-luser32').map(onZ);
    inOneVm(one, `${use} use ${prefix} ${own}`);
    const [owner, user] = buildEnds(two, 'waits', '-luser32');
    two.system(`
shuttle: 1
system: lab
main: user
vms:
  owner: { program: ${words(owner, 'own', prefix)}, ready: 'event.create ${named('go')}' }
  user: { program: ${words(user, 'use', prefix)}, after: [owner] }
`);
    ({ alone, learnt, ruled, without, denied, rules, all } = fiveRuns(one, two, KINDS));
  }, 1_800_000);
  afterAll(() => {
    one.end();
    two.end();
  });

  test('behave inside one VM as in plain Wine, and are seen', () => {
    expect(lines(alone).filter((line) => !line.startsWith('own:'))).toEqual(SEEN);
    expect(rows(alone, 'one').every((row) => row.verdict === 'passed' && row.source === 'agent')).toBe(true);
  });

  test.each(['while learning', 'under what was learnt'])('behave across two VMs as inside one, %s', (when) => {
    const ran = when === 'while learning' ? learnt : ruled;
    expect(lines(ran)).toEqual(SEEN);
    for (const line of OWNER) expect(ran.err).toContain(line);
    const rule = when === 'while learning' ? null : expect.any(String);
    const seen = rows(ran, 'user').map(({ op, object }) => `${op} ${object}`);
    expect([...new Set(seen)].sort()).toEqual(USED.map(([op, what]) => `${op} ${named(what)}`).sort());
    for (const row of rows(ran, 'user'))
      expect(row).toMatchObject({ verdict: 'shuttled', peer: 'owner', status: 0, rule, source: 'engine' });
  });

  test('become a rule each', () => {
    const said = rules.map(({ allow, from, to, object }) => `${allow} ${from} ${to} ${object}`);
    expect(said.sort()).toEqual(USED.map(([op, what]) => `${op} user owner ${named(what)}`).sort());
  });

  test('and nothing beside them: what the expected file says', () => expectRules(all, `waits_${where.toLowerCase()}`));

  test.each(['denied', 'without a rule'])('%s: they are not there, and the record says they were kept', (which) => {
    const ran = which === 'denied' ? denied : without;
    expect(lines(ran)).toEqual([
      'mutex: error 2',
      'manual: error 2',
      'auto: error 2',
      'semaphore: error 2',
      'timer: error 2',
      'go: error 2',
    ]);
    const kept = rows(ran, 'user').filter((row) => row.verdict !== 'passed');
    expect(kept.length).toBeGreaterThan(6);
    for (const row of kept) expect(row).toMatchObject({ verdict: 'blocked', peer: 'owner' });
  });

  test('nothing was lost', () => {
    lostNothing([alone, learnt, ruled, without, denied]);
  });
});
