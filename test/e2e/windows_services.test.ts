// Services of another VM: the same inside one VM, learnt across two, under the learnt rules, and gone without. What is
// printed is what plain Wine gives.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, PEOPLE, type Ran } from './lab.js';
import { buildWindows, expectRules, lacking, lines, rulesFor, why, words } from './windows_fixtures.js';

const NAME = 'lab-service';
const CMD = 'C:\\windows\\system32\\cmd.exe';

describe.skipIf(lacking !== '')(`Windows services${why}`, () => {
  let one: Lab, two: Lab;
  let alone: Ran, learnt: Ran, ruled: Ran, without: Ran, denied: Ran, rules: unknown[], unstarted: Ran;
  let all: Record<string, unknown>[];

  beforeAll(() => {
    const who = PEOPLE[0] as (typeof PEOPLE)[number];
    one = new Lab(who, false);
    two = new Lab(who, false);
    const [owner, user] = ['service_owner', 'service_user'].map((name) => {
      return `Z:${buildWindows(one, name, '-ladvapi32').replaceAll('/', '\\')}`;
    });
    one.system(`
shuttle: 1
system: lab
main: one
vms:
  one: { program: ${words(CMD, '/c', `${owner} install ${NAME} & ${user} ${NAME}`)} }
`);
    alone = one.shuttle('learn');
    two.system(`
shuttle: 1
system: lab
main: user
vms:
  owner:
    program: ${words(buildWindows(two, 'service_owner', '-ladvapi32'), 'install', NAME, 'stay')}
    ready: service.query ${NAME}
  user: { program: ${words(buildWindows(two, 'service_user', '-ladvapi32'), NAME)}, after: [owner] }
`);
    learnt = two.shuttle('learn');
    rules = rulesFor(two, /^service\./);
    all = rulesFor(two, /./);
    ruled = two.shuttle('run');
    two.without(({ allow }) => allow === 'service.start');
    unstarted = two.shuttle('run');
    two.without(({ allow }) => String(allow).startsWith('service.'));
    without = two.shuttle('run');
    denied = two.shuttle('learn', '--deny', '-o', `${two.file}.denied`);
  }, 1_800_000);
  afterAll(() => {
    one.end();
    two.end();
  });

  const rows = (ran: Ran, vm = 'user') =>
    ran.rows.filter((row) => row.vm === vm && /^service/.test(row.op) && row.object === NAME);

  test('inside one VM, where it is seen', () => {
    expect(lines(alone).at(-1)).toMatch(/^stop: error 0; query 1, state 1, told 200, arguments 3005, code 1066\/42$/);
    expect(new Set(rows(alone, 'one').map(({ op }) => op))).toEqual(
      new Set(['service.query', 'service.start', 'service.control']),
    );
    for (const row of rows(alone, 'one'))
      expect(row).toMatchObject({ source: 'agent', peer: row.verdict === 'passed' ? 'one' : null });
  });

  test.each(['learning', 'under the rules'])('%s: as if it were inside', (how) => {
    const ran = how === 'learning' ? learnt : ruled;
    expect(lines(ran)).toEqual(lines(alone));
    const rule = how === 'learning' ? null : expect.any(String);
    for (const row of rows(ran))
      expect(row).toMatchObject({ verdict: 'shuttled', peer: 'owner', source: 'engine', rule });
    const details = rows(ran).map(({ op, detail, status }) => [op, JSON.parse(detail ?? 'null'), status]);
    expect(details).toContainEqual(['service.start', { argv: ['one', 'three'] }, 0]);
    expect(details).toContainEqual(['service.control', { control: 'pause' }, 0]);
    expect(details).toContainEqual(['service.control', { control: '200' }, 0]);
  });

  test('gives the rules it needs', () => {
    const about = { from: 'user', to: 'owner', object: NAME };
    expect(rules).toEqual(['control', 'query', 'start'].map((what) => ({ allow: `service.${what}`, ...about })));
  });

  test('and nothing beside them: what the expected file says', () => expectRules(all, 'services'));

  test('each operation for itself: without its rule a start is refused', () => {
    expect(lines(unstarted)).toContain(lines(alone)[0]);
    expect(lines(unstarted)).toContainEqual(expect.stringMatching(/^start: error 5; query 1, state 1,/));
    expect(rows(unstarted)).toContainEqual(
      expect.objectContaining({ op: 'service.start', verdict: 'blocked', peer: 'owner' }),
    );
  });

  test.each(['denied', 'without a rule'] as const)('%s: there is none, and the record says it was kept', (which) => {
    const ran = which === 'denied' ? denied : without;
    expect(lines(ran)).toEqual(['open: error 1060']);
    expect(rows(ran)).toEqual([expect.objectContaining({ op: 'service.query', verdict: 'blocked', peer: 'owner' })]);
  });
});
