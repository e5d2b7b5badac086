// DDE conversations of Windows programs: the same inside one VM, learnt across two, under the learnt rules, and gone
// without. What is printed is what plain Wine gives.
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

const OBJECT = 'lab|topic';
const build = (lab: Lab, name: string) => buildWindows(lab, name, '-luser32');
const rows = (ran: Ran, object: string) => ran.rows.filter((row) => row.op === 'dde.connect' && row.object === object);

describe.skipIf(lacking !== '')(`DDE${why}`, () => {
  let one: Lab, two: Lab;
  let alone: Ran, learnt: Ran, ruled: Ran, without: Ran, denied: Ran, rules: unknown[], all: FiveRuns['all'];

  beforeAll(() => {
    const who = PEOPLE[0] as (typeof PEOPLE)[number];
    one = new Lab(who, false);
    two = new Lab(who, false);
    const [server, client] = ['dde_server', 'dde_client'].map((name) => onZ(build(one, name)));
    inOneVm(one, `start /b ${server} >nul & ${client} patient`);
    two.system(`
shuttle: 1
system: lab
main: client
vms:
  server: { program: ${words(build(two, 'dde_server'))}, ready: 'window.find lab-dde-ready' }
  client: { program: ${words(build(two, 'dde_client'))}, after: [server] }
`);
    ({ alone, learnt, ruled, without, denied, rules, all } = fiveRuns(one, two, /^dde\.connect$/));
  }, 1_800_000);
  afterAll(() => {
    one.end();
    two.end();
  });

  test('inside one VM, where it is seen', () => {
    expect(lines(alone)).toContain('advised: changed');
    expect(rows(alone, OBJECT).at(-1)).toMatchObject({ verdict: 'passed', source: 'agent', peer: 'one' });
    expect(rows(alone, 'lab|no topic').at(-1)).toMatchObject({ verdict: 'absent' });
  });

  test.each(['learning', 'under the rules'])('%s: as if it were inside', (how) => {
    const ran = how === 'learning' ? learnt : ruled;
    expect(lines(ran)).toEqual(lines(alone));
    for (const command of ['[do it]', 'no', '[quit]']) expect(ran.err).toContain(`server: execute ${command}`);
    const rule = how === 'learning' ? null : expect.any(String);
    expect(rows(ran, OBJECT)).toEqual([
      expect.objectContaining({ verdict: 'shuttled', peer: 'server', source: 'engine', rule }),
    ]);
  });

  test('gives the one rule it needs', () => {
    expect(rules).toEqual([expect.objectContaining({ from: 'client', to: 'server', object: OBJECT })]);
  });

  test('and beside it what the expected file says', () => expectRules(all, 'dde'));

  test.each(['denied', 'without a rule'] as const)('%s: nobody answers, and the record says it was kept', (which) => {
    const ran = which === 'denied' ? denied : without;
    expect(lines(ran)).toEqual(['connect: nobody']);
    expect(rows(ran, OBJECT)).toEqual([expect.objectContaining({ verdict: 'blocked', peer: 'server' })]);
  });

  test('nothing was lost', () => lostNothing([alone, learnt, ruled, without, denied]));
});
