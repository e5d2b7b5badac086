// Sections of Windows programs: one memory across two VMs, whoever makes it first.
import { readFileSync } from 'node:fs';
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

const TURNS = ['turn 1: same', 'turn 2: same'];

const rows = (ran: Ran, name: string) => ran.rows.filter((row) => row.op.startsWith('memory.') && row.object === name);

/** Owner and user, each in its VM; `later` starts when the other has made the name. */
function system([owner, user]: [string, string], name: string, how: 'make' | 'open', later: 'owner' | 'user'): string {
  const first = `, ready: 'memory.create ${name}'`;
  const second = (than: string) => `, after: [${than}]`;
  return `
shuttle: 1
system: lab
main: user
vms:
  owner: { program: ${words(owner, 'make', name, 'answer', '2')}${later === 'user' ? first : second('user')} }
  user: { program: ${words(user, how, name, later === 'user' ? 'ask' : 'await', '2')}${later === 'user' ? second('owner') : first} }
`;
}

describe.skipIf(lacking !== '').each([
  { name: 'Local\\lab-section', how: 'open', said: 'open: opened' },
  { name: 'Global\\lab-section', how: 'make', said: 'make: it is there' },
] as const)(`Windows sections: $how $name${why}`, ({ name, how, said }) => {
  let lab: Lab, one: Lab;
  let rules: Record<string, unknown>[], all: Record<string, unknown>[];
  let alone: Ran, learnt: Ran, ruled: Ran, without: Ran, denied: Ran, turned: Ran | null;

  beforeAll(() => {
    const who = PEOPLE[how === 'open' ? 0 : PEOPLE.length - 1] as (typeof PEOPLE)[number];
    [one, lab] = [new Lab(who, false), new Lab(who, false)];
    const [own, use] = buildEnds(one, 'sections').map(onZ);
    inOneVm(one, `${use} ${how} ${name} ask 2 ${own}`);
    const programs = buildEnds(lab, 'sections');
    lab.system(system(programs, name, how, 'user'));
    turned = null;
    const turn = () => {
      const learntRules = readFileSync(lab.file, 'utf8').split('rules:')[1] as string;
      lab.system(`${system(programs, name, how, 'owner')}rules:${learntRules}`);
      turned = lab.shuttle('run');
      lab.system(`${system(programs, name, how, 'user')}rules:${learntRules}`);
    };
    const halfway = how === 'make' ? turn : () => {};
    const runs = fiveRuns(one, lab, /^memory\./, halfway);
    ({ alone, learnt, ruled, without, denied, rules, all } = runs);
  }, 1_800_000);
  afterAll(() => {
    one.end();
    lab.end();
  });

  test('behaves inside one VM, where it is seen', () => {
    expect(lines(alone)).toEqual([said, ...TURNS]);
    expect(rows(alone, name)).toContainEqual(expect.objectContaining({ verdict: 'passed', source: 'agent' }));
  });

  test.each(['while learning', 'under what was learnt'])('is one memory %s', (when) => {
    const ran = when === 'while learning' ? learnt : ruled;
    expect(lines(ran)).toEqual([said, ...TURNS]);
    const carried = rows(ran, name).filter((row) => row.vm === 'user');
    const rule = when === 'while learning' ? null : expect.any(String);
    const op = how === 'open' ? 'memory.open' : 'memory.create';
    expect(carried).toEqual([
      expect.objectContaining({ op, verdict: 'shuttled', peer: 'owner', rule, source: 'engine', status: 0 }),
    ]);
  });

  test('becomes one rule', () => {
    const allow = how === 'open' ? 'memory.open' : 'memory.create';
    expect(rules).toEqual([{ allow, from: 'user', to: 'owner', object: name, access: ['read', 'write'] }]);
  });

  test('and nothing beside it: what the expected file says', () => expectRules(all, `sections_${how}`));

  test.skipIf(how === 'open')('is one memory too when the user makes it first', () => {
    expect(lines(turned as Ran)).toEqual(['make: new', ...TURNS]);
    expect(rows(turned as Ran, name)).toContainEqual(
      expect.objectContaining({ vm: 'owner', verdict: 'shuttled', peer: 'user', rule: expect.any(String) }),
    );
  });

  test.each(['denied', 'without a rule'])('%s: it is not there, and the record says it was kept', (which) => {
    const ran = which === 'denied' ? denied : without;
    expect(lines(ran)[0]).toBe(how === 'open' ? 'open: error 2' : 'make: new');
    expect(rows(ran, name)).toContainEqual(expect.objectContaining({ vm: 'user', verdict: 'blocked', peer: 'owner' }));
  });

  test('nothing was lost', () => {
    lostNothing([alone, learnt, ruled, without, denied]);
  });
});
