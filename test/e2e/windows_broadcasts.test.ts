// Messages to all windows: those of one's own VM, and by a rule those of another that knows the message.
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

const SAID = ['number: 1', 'posted: 1', 'sent: 1'];
const NEWS = ['hearer: news 7 8', 'hearer: news 9 10'];
const NUMBER = { line: 'hearer: number 1 2', message: 276 };
const build = (lab: Lab) => buildEnds(lab, 'broadcasts', '-luser32');
const heard = (text: string) => text.replace(/\r/g, '').match(/hearer: .*/g) ?? [];
const rows = (ran: Ran, message: unknown) =>
  ran.rows.filter(
    ({ vm, op, peer, detail }) =>
      vm === 'sayer' && op === 'window.broadcast' && peer !== vm && detail === JSON.stringify({ message }),
  );

describe.skipIf(lacking !== '')(`broadcasts${why}`, () => {
  let one: Lab, two: Lab;
  let alone: Ran, learnt: Ran, ruled: Ran, named: Ran, without: Ran, denied: Ran;
  let rules: Record<string, unknown>[], all: Record<string, unknown>[];

  beforeAll(() => {
    const who = PEOPLE[0] as (typeof PEOPLE)[number];
    [one, two] = [new Lab(who, false), new Lab(who, false)];
    const [hear, say] = build(one).map(onZ);
    inOneVm(one, `start /b ${hear} hear & ${say} say patient`);
    const [hearer, sayer] = build(two);
    two.system(`
shuttle: 1
system: lab
main: sayer
vms:
  hearer: { program: ${words(hearer, 'hear')}, ready: 'window.find lab-hearer' }
  sayer: { program: ${words(sayer, 'say')}, after: [hearer] }
`);
    const halfway = () => {
      const learntFile = readFileSync(two.file, 'utf8');
      const rule = `{ id: by-number, allow: window.broadcast, from: sayer, to: hearer, object: '*', message: '${NUMBER.message}', state: accepted }`;
      two.system(learntFile.replace('rules:\n', `rules:\n  - ${rule}\n`));
      named = two.shuttle('run');
      two.system(learntFile);
    };
    ({ alone, learnt, ruled, without, denied, rules, all } = fiveRuns(one, two, /^window\.broadcast$/, halfway));
  }, 1_800_000);
  afterAll(() => {
    one.end();
    two.end();
  });

  test('reach all windows inside one VM, and are seen', () => {
    expect(lines(alone).filter((line) => !line.startsWith('hearer'))).toEqual(SAID);
    expect(heard(alone.out).sort()).toEqual([NUMBER.line, ...NEWS].sort()); // one is posted, the others are sent
    expect(alone.rows).toContainEqual(
      expect.objectContaining({ op: 'window.broadcast', object: '*', verdict: 'passed', source: 'agent' }),
    );
  });

  test.each(['learning', 'under the rules'])('%s: a message that both VMs registered reaches the other’s', (when) => {
    const ran = when === 'learning' ? learnt : ruled;
    expect(lines(ran)).toEqual(SAID);
    expect(heard(ran.err)).toEqual(NEWS);
    const rule = when === 'learning' ? null : expect.any(String);
    const row = { object: '*', verdict: 'shuttled', peer: 'hearer', source: 'engine', rule };
    expect(rows(ran, 'lab-news')).toEqual([expect.objectContaining(row), expect.objectContaining(row)]);
    expect(rows(ran, NUMBER.message)).toEqual([]);
  });

  test('become one rule', () => {
    expect(rules).toEqual([{ allow: 'window.broadcast', from: 'sayer', to: 'hearer', object: '*' }]);
  });

  test('and nothing beside it: what the expected file says', () => expectRules(all, 'broadcasts'));

  test('a plain number crosses by a rule that names it', () => {
    expect(heard(named.err).sort()).toEqual([NUMBER.line, ...NEWS].sort());
    expect(rows(named, NUMBER.message)).toEqual([
      expect.objectContaining({ verdict: 'shuttled', peer: 'hearer', rule: 'by-number' }),
    ]);
  });

  test.each(['denied', 'without a rule'])('%s: it stays, and the record says it was kept', (which) => {
    const ran = which === 'denied' ? denied : without;
    expect(lines(ran)).toEqual(SAID);
    expect(heard(ran.err)).toEqual([]);
    const row = { verdict: 'blocked', peer: 'hearer' };
    expect(rows(ran, 'lab-news')).toEqual([expect.objectContaining(row), expect.objectContaining(row)]);
  });

  test('nothing was lost', () => lostNothing([alone, learnt, ruled, named, without, denied]));
});
