// Mailslots of Windows programs across two VMs: learnt, under the learnt rules, and gone without.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, PEOPLE, type Ran } from './lab.js';
import { buildEnds, expectRules, lacking, lines, rulesFor, why, words } from './windows_fixtures.js';

const SLOT = '\\\\.\\mailslot\\lab\\slot';
const SENT = ['send 1: done', 'send 400: done', 'send 60000: done'];
const GOT = ['message of 1: a', 'message of 400: bbbbbbbb', 'message of 60000: cccccccc'];

describe.skipIf(lacking !== '')(`Windows mailslots${why}`, () => {
  let lab: Lab;
  let learnt: Ran, ruled: Ran, without: Ran;
  let all: Record<string, unknown>[];

  beforeAll(() => {
    lab = new Lab(PEOPLE[0] as (typeof PEOPLE)[number], false);
    const [owner, sender] = buildEnds(lab, 'mailslots');
    lab.system(`
shuttle: 1
system: lab
main: sender
vms:
  owner: { program: ${words(owner, 'serve', SLOT, '3')}, ready: 'mailslot.serve ${SLOT}' }
  sender: { program: ${words(sender, 'send', SLOT)}, after: [owner] }
`);
    learnt = lab.shuttle('learn');
    all = rulesFor(lab, /./);
    ruled = lab.shuttle('run');
    lab.without((rule) => rule.allow === 'mailslot.send');
    without = lab.shuttle('run');
  }, 1_800_000);
  afterAll(() => lab.end());

  const rows = (ran: Ran) => ran.rows.filter((row) => row.op === 'mailslot.send' && row.vm === 'sender');

  test.each(['learning', 'under the rules'])('%s: every message arrives whole', (how) => {
    const ran = how === 'learning' ? learnt : ruled;
    expect(lines(ran)).toEqual(SENT);
    for (const line of GOT) expect(ran.err).toContain(line);
    const rule = how === 'learning' ? null : expect.any(String);
    expect(rows(ran)).toEqual([expect.objectContaining({ object: SLOT, verdict: 'shuttled', peer: 'owner', rule })]);
  });

  test('gives the rules that the expected file has', () => expectRules(all, 'mailslots'));

  test('without the rule it is not there, and the record says it was kept', () => {
    expect(lines(without)).toEqual(['open: error 2']);
    expect(rows(without)).toEqual([expect.objectContaining({ verdict: 'blocked', peer: 'owner' })]);
  });
});
