// Windows and messages of Windows programs: the same inside one VM, learnt across two, under the learnt rules, and gone
// without; and what the other side sees when a window, its program or its VM ends.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, PEOPLE, type Ran } from './lab.js';
import {
  buildWindows,
  expectRules,
  fiveRuns,
  inOneVm,
  lacking,
  lines,
  losses,
  lostNothing,
  onZ,
  rulesFor,
  why,
  words,
} from './windows_fixtures.js';

const [CLASS, TITLE] = ['lab-class', 'lab-title'];
const SEEN = [
  ...['title', 'class', 'by title', 'by both'].map((what) => `${what}: same`),
  'by another title: none',
  'next: none',
  'settext: 1',
  'gettext: 8, same',
  'length: 8',
  'gettext of 4: 3, 3',
  'child: found',
  "child's text: typed",
  'another child: none',
  'send: 42',
  'registered: 42',
  ...[0, 5, 300_000].map((size) => `copydata ${size}: same`),
  'posted: in order',
  'time-out: 0, error 1460',
  'in time: 1, 8',
  'callback: 110',
  'notify: 1',
  'asked back: 14',
];
const CLOSED = [...SEEN, 'close: gone', 'send after: 0'];
const WANTED = ['find Edit', 'find lab-class', 'send Edit', 'send lab-class'].map(
  (rule) => `user to owner: window.${rule}`,
);
const ASKED_BACK = ['find lab-asker', 'send lab-asker'].map((rule) => `owner to user: window.${rule}`);

const rows = (ran: Ran) => ran.rows.filter((row) => row.op.startsWith('window.') && row.vm === 'user');
const shorn = (rules: Record<string, unknown>[]) =>
  rules.map(({ from, to, allow, object }) => `${from} to ${to}: ${allow} ${object}`).sort();

function inTwoVms(lab: Lab, ending: string): void {
  lab.system(`
shuttle: 1
system: lab
main: user
vms:
  owner: { program: ${words(buildWindows(lab, 'window_owner', '-luser32'), CLASS, TITLE)}, ready: 'window.find ${CLASS}' }
  user: { program: ${words(buildWindows(lab, 'window_user', '-luser32'), CLASS, TITLE, ending)}, after: [owner] }
`);
}

function together(lab: Lab): void {
  const [owner, user] = ['window_owner', 'window_user'].map((name) => onZ(buildWindows(lab, name, '-luser32')));
  inOneVm(lab, `start /b ${owner} ${CLASS} ${TITLE} >nul & ${user} ${CLASS} ${TITLE} patient`);
}

describe.skipIf(lacking !== '').each(PEOPLE)(`windows and messages, as $name${why}`, (who) => {
  let one: Lab, two: Lab;
  let alone: Ran, learnt: Ran, ruled: Ran, without: Ran, unsent: Ran, denied: Ran;
  let rules: Record<string, unknown>[], all: Record<string, unknown>[];

  beforeAll(() => {
    one = new Lab(who, false);
    two = new Lab(who, false);
    together(one);
    inTwoVms(two, 'once');
    const halfway = () => {
      two.without(({ allow, object }) => allow === 'window.send' && object === 'Edit');
      unsent = two.shuttle('run');
    };
    ({ alone, learnt, ruled, without, denied, rules, all } = fiveRuns(one, two, /^window\./, halfway));
  }, 1_800_000);
  afterAll(() => {
    one.end();
    two.end();
  });

  test('behave inside one VM, where they are seen', () => {
    expect(lines(alone)).toEqual(CLOSED);
    const sent = alone.rows.filter((row) => row.op === 'window.send' && row.object === CLASS);
    expect(sent).toContainEqual(expect.objectContaining({ verdict: 'passed', source: 'agent', peer: 'one' }));
    expect(rulesFor(one, /^window\./)).toEqual([]);
  });

  test('are carried while learning, as if they were inside', () => {
    expect(lines(learnt)).toEqual(CLOSED);
    expect(rows(learnt)).toContainEqual(
      expect.objectContaining({
        op: 'window.find',
        object: CLASS,
        verdict: 'shuttled',
        peer: 'owner',
        source: 'engine',
      }),
    );
    const messages = rows(learnt)
      .filter((row) => row.op === 'window.send' && row.object === CLASS)
      .map((row) => (JSON.parse(row.detail ?? '{}') as { message: unknown }).message);
    for (const message of [1025, 'lab-message', 74, 12, 13]) expect(messages).toContain(message);
  });

  test('give the rules they need, and work under them', () => {
    expect(shorn(rules)).toEqual([...ASKED_BACK, ...WANTED]);
    expect(lines(ruled)).toEqual(CLOSED);
    const outward = rows(ruled).filter(
      ({ object, verdict }) => [CLASS, 'Edit'].includes(object) && verdict !== 'absent',
    );
    expect(outward.every((row) => row.verdict === 'shuttled' && row.rule !== null)).toBe(true);
  });

  test('and nothing beside them: what the expected file says', () => expectRules(all, 'windows'));

  test('without the rule for a window’s messages, it answers nothing', () => {
    expect(lines(unsent)).toEqual(CLOSED.map((line) => (line === "child's text: typed" ? "child's text: " : line)));
    expect(rows(unsent)).toContainEqual(
      expect.objectContaining({ op: 'window.send', object: 'Edit', verdict: 'blocked', peer: 'owner' }),
    );
  });

  test.each(['denied', 'without a rule'] as const)('%s: not there, and the record says it was kept', (which) => {
    const ran = which === 'denied' ? denied : without;
    expect(lines(ran)).toEqual(['find: error 1407']); // as where nobody made such a class
    expect(rows(ran)).toEqual([
      expect.objectContaining({ op: 'window.find', object: CLASS, verdict: 'blocked', peer: 'owner' }),
    ]);
  });

  test('nothing was lost', () => {
    lostNothing([alone, learnt, ruled, unsent, without, denied]);
  });
});

// While somebody waits for it: the window's program exits, as its VM does; the window alone is destroyed.
const ENDS = [
  ['exit', 'exit: 0'],
  ['destroy', 'destroy: 1'],
] as const;

describe.skipIf(lacking !== '')(`a window that ends${why}`, () => {
  test.each(ENDS)(
    'by %s',
    (how, said) => {
      const lab = new Lab(PEOPLE[0] as (typeof PEOPLE)[number], false);
      try {
        inTwoVms(lab, how);
        const ran = lab.shuttle('learn');
        expect(lines(ran)).toEqual([...SEEN, said, `${how}: gone`, 'send after: 0']);
      } finally {
        lab.end();
      }
    },
    600_000,
  );
});

describe.skipIf(lacking !== '')(`a dock that is killed${why}`, () => {
  test('is replaced, and the run says that something was lost', () => {
    const lab = new Lab(PEOPLE[0] as (typeof PEOPLE)[number], false);
    try {
      inTwoVms(lab, 'kill');
      const ran = lab.shuttle('learn');
      expect(lines(ran)).toEqual(['kill: done', 'again: 42']);
      expect(ran.err).toContain('DOCK_DIED');
      expect(losses(ran)).toEqual([0, 0, 1]);
      expect(JSON.parse(readFileSync(join(ran.run, 'run.json'), 'utf8'))).toMatchObject({ complete: false });
    } finally {
      lab.end();
    }
  }, 600_000);
});
