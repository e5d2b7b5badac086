// COM classes of another VM, by an Automation server that is started when it is wanted: the same inside one VM, learnt
// across two, under the learnt rules, and gone without. What is printed is what plain Wine gives.
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

const COUNTER = '{1ab0c0a5-0001-0002-8001-020304050607}';
const SECRET = '{1ab0c0a5-0002-0002-8001-020304050607}';
const [DISPATCH, FACTORY] = ['{00020400-0000-0000-c000-000000000046}', '{00000001-0000-0000-c000-000000000046}'];
const [NAME, LIBRARIES] = ['Lab.Counter', ['-municode', '-lole32', '-loleaut32', '-luuid', '-ladvapi32']];
const USED = [
  'create: 00000000',
  'add: 00000000 5',
  'greet: 00000000 Hello, neighbour!',
  'wrong type: 80020005',
  'no such name: 80020006',
  'fill: 00000000 50000 characters',
  'child: 00000000',
  'add to child: 00000000 106',
  'fail: 80020009 80070005 Lab: it went wrong',
  'call back: 00000000 23',
  'value: 00000000 5',
];
// The server ends in the middle of the last call.
const ENDED = ['die: 800706be', 'afterwards: 800706ba', 'ended'];
const SAID = [...USED, 'other: 00000000', ...ENDED];
const NOT_REGISTERED = '80040154';

describe.skipIf(lacking !== '')(`Windows COM${why}`, () => {
  const labs: Lab[] = [];
  let ran: FiveRuns;
  let one: Ran, stolen: Ran, refused: Ran, unnamed: Ran, running: Ran;
  let replayed: { blocked: unknown[]; unused_rules: string[] };

  beforeAll(() => {
    const lab = () => labs[labs.push(new Lab(PEOPLE[0] as (typeof PEOPLE)[number], false)) - 1]!;
    const [alone, two, free] = [lab(), lab(), lab()];
    const build = (where: Lab) => ['com_owner', 'com_user'].map((name) => buildWindows(where, name, ...LIBRARIES));
    const [owner, user] = build(alone).map(onZ);
    inOneVm(alone, `${owner} register ${NAME} & ${user} ${NAME} other`);
    const [theirs, ours] = build(two) as [string, string];
    const system = (wanted: string, ...how: string[]) => `
shuttle: 1
system: lab
main: user
vms:
  owner: { program: ${words(theirs, 'register', NAME, 'stay')}, ready: 'mutex.create Local\\lab-registered' }
  user: { program: ${words(ours, wanted, ...how)}, after: [owner] }
`;
    const rule = (id: string, what: string) => `  - { id: ${id}, from: user, to: owner, ${what} }\n`;
    const counted = `rules:\n${rule('counter', `allow: com.activate, object: '{${COUNTER}}', state: accepted`)}`;
    two.system(system(NAME, 'other'));
    ran = fiveRuns(alone, two, /^(com|rpc|pipe)\./);
    two.system(system(COUNTER));
    unnamed = two.shuttle('run');
    two.system(system(NAME, 'other') + counted);
    one = two.shuttle('run');
    replayed = JSON.parse(two.command(['replay', two.file, one.run, '--json']).stdout) as typeof replayed;
    two.system(system(COUNTER, 'steal') + counted);
    stolen = two.shuttle('run');
    two.system(
      system(COUNTER) +
        counted +
        rule('calls', `allow: rpc.call, object: '{${DISPATCH}}', operation: '6', state: refused`),
    );
    refused = two.shuttle('run');
    // Both are the first programs of their VMs, so that Wine numbers them and their apartments alike.
    const [serves, calls] = build(free) as [string, string];
    free.system(`
shuttle: 1
system: lab
main: user
vms:
  owner: { program: ${words(serves, 'serve', 'free')}, ready: 'com.activate ${COUNTER}' }
  user: { program: ${words(calls, COUNTER, 'free')}, after: [owner] }
`);
    running = free.shuttle('learn');
  }, 1_800_000);
  afterAll(() => {
    for (const lab of labs) lab.end();
  });

  const activated = ({ rows }: Ran, vm = 'user') =>
    rows.filter((row) => row.vm === vm && row.op === 'com.activate' && [COUNTER, SECRET].includes(row.object));
  const called = ({ rows }: Ran, vm: string) => rows.filter((row) => row.vm === vm && row.op === 'rpc.call');

  test('inside one VM, where it is seen', () => {
    expect(lines(ran.alone)).toEqual(SAID);
    const rows = activated(ran.alone, 'one').filter(({ detail }) => detail === null);
    expect(rows.map(({ object }) => object)).toEqual([COUNTER, SECRET]);
    for (const row of rows) expect(row).toMatchObject({ verdict: 'passed', peer: 'one', source: 'agent' });
  });

  test.each(['learnt', 'ruled'] as const)(
    '%s: as if it were inside, and class, program and calls are recorded',
    (how) => {
      expect(lines(ran[how])).toEqual(SAID);
      const rule = how === 'learnt' ? null : expect.any(String);
      const carried = {
        verdict: 'shuttled',
        peer: 'owner',
        peer_image: expect.stringMatching(/com_owner\.exe$/),
        source: 'engine',
      };
      expect(activated(ran[how])).toEqual(
        [COUNTER, SECRET].map((object) => expect.objectContaining({ ...carried, object, rule, status: 0 })),
      );
      const calls = called(ran[how], 'user').map(({ object, detail }) => [object, JSON.parse(detail ?? 'null')]);
      for (const [object, operation] of [
        [FACTORY, '3'],
        [DISPATCH, '5'],
        [DISPATCH, '6'],
      ])
        expect(calls).toContainEqual([object, { version: '0.0', operation, class: COUNTER }]);
      // What the user gave to be called back.
      expect(called(ran[how], 'owner')).toContainEqual(
        expect.objectContaining({ verdict: 'shuttled', peer: 'user', object: DISPATCH }),
      );
    },
  );

  test('takes a rule for each class, and none for the calls', () => {
    const about = { allow: 'com.activate', from: 'user', to: 'owner' };
    expect(ran.rules).toEqual([COUNTER, SECRET].map((object) => ({ ...about, object: `{${object}}` })));
  });

  test('and nothing beside them: what the expected file says', () => expectRules(ran.all, 'com'));

  test.each(['denied', 'without'] as const)('%s: its name is unknown, and the record says it was kept', (which) => {
    expect(lines(ran[which])).toEqual(['name: 800401f3']);
    expect(activated(ran[which])).toEqual([
      expect.objectContaining({ verdict: 'blocked', peer: 'owner', object: COUNTER, source: 'engine' }),
    ]);
  });

  test('without a rule there is no such class', () => {
    expect(lines(unnamed)).toEqual([`create: ${NOT_REGISTERED}`]);
    expect(activated(unnamed)).toEqual([expect.objectContaining({ verdict: 'blocked', peer: 'owner' })]);
  });

  test('the rule of one class is for no other, though one program has both', () => {
    expect(lines(one)).toEqual([...USED, `other: ${NOT_REGISTERED}`, ...ENDED]);
    expect(activated(one).map(({ object, verdict }) => [object, verdict])).toEqual([
      [COUNTER, 'shuttled'],
      [SECRET, 'blocked'],
    ]);
  });

  test('played back, the calls ask for no rule', () => {
    expect(replayed).toMatchObject({ blocked: [], unused_rules: [] });
  });

  test('nor for other programs’ objects: their pipes are not found', () => {
    expect(lines(stolen)).toContain('given: 1, others: 0');
    const pipes = stolen.rows.filter(
      ({ vm, op, object }) => vm === 'user' && op === 'pipe.connect' && /OLE_/.test(object),
    );
    expect(
      pipes.filter(({ verdict, peer }) => verdict === 'shuttled' || (verdict === 'passed' && peer !== 'user')),
    ).toEqual([]);
  });

  test('a refusal takes an operation out', () => {
    expect(lines(refused).slice(0, 2)).toEqual(['create: 00000000', expect.stringMatching(/^add: 8/)]);
    expect(called(refused, 'user')).toContainEqual(
      expect.objectContaining({ verdict: 'blocked', object: DISPATCH, rule: 'calls' }),
    );
  });

  test('a server that runs, and objects of two VMs that Wine numbers alike', () => {
    expect(lines(running)).toEqual([...USED, 'ended']);
    const served = (vm: string) =>
      running.rows.find((row) => row.vm === vm && row.op === 'pipe.serve' && /OLE_.*cafe$/.test(row.object));
    expect(served('user')?.object).toBe(served('owner')?.object);
  });

  test('nothing is lost', () => lostNothing([ran.alone, ran.learnt, ran.ruled, ran.without, ran.denied, one, running]));
});
