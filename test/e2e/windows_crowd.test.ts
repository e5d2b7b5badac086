// Named objects of Windows programs in hard cases: very many, oddly named, owned twice, and with an end that dies.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, PEOPLE, type Ran } from './lab.js';
import { buildWindows, lacking, lines, why, words } from './windows_fixtures.js';

interface Case {
  title: string;
  owner: string;
  user: string;
  said: readonly string[];
  owned?: readonly string[];
}
const times = (count: number, ...all: string[]) => Array.from({ length: count }, () => all).flat();

const CASES: readonly Case[] = [
  {
    title: 'ten thousand names made in a loop',
    owner: 'many',
    user: 'pick',
    said: ['picked: 5', 'beyond: 2'],
    owned: ['made: 10000'],
  },
  {
    title: 'names of 32,000 characters, with zeros, lone surrogates and slashes',
    owner: 'odd',
    user: 'odds',
    said: times(6, 'open: 0', 'set: 1'),
    owned: ['make: 0', 'was set: 0'],
  },
  {
    title: 'an owner whose VM ends while another waits',
    owner: 'hold',
    user: 'heir',
    said: ['first: 258', 'then: 128', 'release: 1', 'again: 0'],
  },
  {
    title: 'a dock that is ended while another waits',
    owner: 'wreck',
    user: 'cope',
    said: ['the dock ends: 128', 'a new one: 0', 'done: 1'],
  },
  {
    title: 'one name that two VMs make at the same moment, a hundred times',
    owner: 'meet',
    user: 'meets',
    said: ['made once: 100'],
    owned: ['made once: 100'],
  },
  {
    title: 'a process that is ended by force with what it holds',
    owner: 'lend',
    user: 'lose',
    said: ['child holds: 0', 'done: 0'],
    owned: ['after the end: 128'],
  },
];

describe.skipIf(lacking !== '')(`Windows objects in hard cases${why}`, () => {
  let lab: Lab;
  let program: string;
  beforeAll(() => {
    lab = new Lab(PEOPLE[0] as (typeof PEOPLE)[number]);
    program = buildWindows(lab, 'crowd', '-lntdll');
  });
  afterAll(() => lab.end());

  test.each(CASES)('$title', { timeout: 600_000 }, ({ owner, user, said, owned }) => {
    const prefix = `Local\\crowd-${owner}`;
    lab.system(`
shuttle: 1
system: lab
main: user
vms:
  owner: { program: ${words(program, owner, prefix)}, ready: 'event.create ${prefix}-ready' }
  user: { program: ${words(program, user, prefix)}, after: [owner] }
`);
    const ran = lab.shuttle('learn', '--ephemeral');
    expect(lines(ran)).toEqual(said);
    for (const line of owned ?? []) expect(ran.err).toContain(line);
    expect(ran.rows.filter((row) => row.vm === 'user' && row.verdict === 'shuttled')).not.toEqual([]);
  });

  describe('two owners of one name', () => {
    const name = 'Local\\crowd-two-mutex';
    const system = (rules: string) => `
shuttle: 1
system: lab
main: user
vms:
  one: { program: ${words(program, 'make', 'Local\\crowd-two')}, ready: 'mutex.create ${name}' }
  two: { program: ${words(program, 'make', 'Local\\crowd-two')}, ready: 'mutex.create ${name}', after: [one] }
  user: { program: ${words(program, 'open', 'Local\\crowd-two')}, after: [two] }
rules:
  - { id: apart, allow: mutex.create, from: two, to: one, object: '${name}', state: refused }
${rules}`;
    const opens = (ran: Ran) => ran.rows.filter((row) => row.vm === 'user' && row.object === name);

    test('a rule says which', { timeout: 600_000 }, () => {
      lab.system(
        system(`  - { id: mine, allow: mutex.open, from: user, to: two, object: '${name}', state: accepted }`),
      );
      const ran = lab.shuttle('run', '--ephemeral');
      expect(lines(ran)).toEqual(['open: 0']);
      expect(opens(ran)).toEqual([expect.objectContaining({ verdict: 'shuttled', peer: 'two', rule: 'mine' })]);
    });

    test('without one nobody is given it, and both are named', { timeout: 600_000 }, () => {
      lab.system(system(''));
      const ran = lab.shuttle('learn', '--ephemeral');
      expect(lines(ran)).toEqual(['open: 2']);
      expect(opens(ran)).toEqual([expect.objectContaining({ verdict: 'blocked' })]);
      expect(ran.err).toMatch(/one.*two/s);
    });
  });
});
