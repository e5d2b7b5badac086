// What one VM holds by name and another reaches for: files, FIFOs, shared memory, semaphores, queues. Each four ways:
// blocked by default, carried and recorded while learning, carried under the rule that was found, blocked without it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, type LabRow, PEOPLE, type Ran } from './lab.js';

// kind, its name, what the program says when it worked, and the row of it
const CROSSINGS = [
  ['file', '/tmp/mine', 'private', 'file.read', '/tmp/mine'],
  ['memory', '/reach.memory', 'greeting', 'memory.open', '/reach.memory'],
  ['semaphore', '/reach.semaphore', 'ok', 'semaphore.open', '/reach.semaphore'],
  ['queue', '/reach.queue', 'message', 'queue.open', '/reach.queue'],
  ['fifo', '/tmp/reach.fifo', 'ok', 'pipe.connect', '/tmp/reach.fifo'],
] as const;

const system = (reach: string) => `
shuttle: 1
system: lab
main: b
vms:
  a:
    program: [${reach}, serve]
    ready: pipe.serve /tmp/reach.fifo
  b:
    program: [${reach}, stat, /tmp/mine, stat, /dev/shm/reach.memory, ${CROSSINGS.map(([kind, name]) => `${kind}, ${name}`).join(', ')}, answered, /reach.memory, reopen, /tmp/mine, sysv, '0x5c0ffee']
    after: [a]
`;

const of = (ran: Ran, op: string, vm = 'b'): LabRow[] => ran.rows.filter((row) => row.vm === vm && row.op === op);
const said = (ran: Ran, kind: string, name: string) => ran.out.match(new RegExp(`^${kind} ${name}: (.*)$`, 'm'))?.[1];

describe.each(PEOPLE)('between VMs, as $name', (who) => {
  let lab: Lab;
  let denied: Ran;
  let learnt: Ran;
  let ruled: Ran;
  beforeAll(() => {
    lab = new Lab(who);
    lab.system(system(lab.build('reach')));
    denied = lab.shuttle('learn', '--deny', '-o', `${lab.folder}/lab/denied.shuttle.yaml`);
    learnt = lab.shuttle('learn');
    ruled = lab.shuttle('run');
  });
  afterAll(() => lab.end());

  test.each(CROSSINGS)('%s %s is blocked by default', (kind, name, _works, op, object) => {
    expect(said(denied, kind, name)).toBe('ENOENT');
    expect(of(denied, op)).toContainEqual(
      expect.objectContaining({ object, peer: 'a', verdict: 'blocked', status: 2, rule: null, source: 'engine' }),
    );
  });

  test.each(CROSSINGS)('%s %s is carried and recorded while learning', (kind, name, works, op, object) => {
    expect(said(learnt, kind, name)).toBe(works);
    expect(of(learnt, op)).toContainEqual(
      expect.objectContaining({ object, peer: 'a', verdict: 'shuttled', status: 0, rule: null, source: 'engine' }),
    );
  });

  test.each(CROSSINGS)('%s %s is carried under the rule that was found', (kind, name, works, op, object) => {
    expect(said(ruled, kind, name)).toBe(works);
    expect(of(ruled, op)).toContainEqual(
      expect.objectContaining({
        object,
        peer: 'a',
        verdict: 'shuttled',
        status: 0,
        rule: expect.stringContaining('b-a-'),
        source: 'engine',
      }),
    );
  });

  test.each([
    ['/tmp/mine', '8'],
    ['/dev/shm/reach.memory', '4096'],
  ])('a program that looks before it opens finds %s where it may open it', (name, size) => {
    expect([denied, learnt, ruled].map((ran) => said(ran, 'stat', name))).toEqual(['ENOENT', size, size]);
  });

  test('what b writes reaches a', () => {
    for (const ran of [learnt, ruled]) expect(said(ran, 'answered', '/reach.memory')).toBe('heard');
  });

  test('a descriptor handed over for reading is not opened again for writing', () => {
    for (const ran of [learnt, ruled]) expect(said(ran, 'reopen', '/tmp/mine')).toBe('refused');
  });

  test('a System V key is never carried', () => {
    for (const ran of [denied, learnt, ruled]) {
      expect(said(ran, 'sysv', '0x5c0ffee')).toBe('ENOENT');
      expect(of(ran, 'memory.open')).toContainEqual(
        expect.objectContaining({ object: 'sysv:0x05c0ffee', peer: 'a', verdict: 'blocked' }),
      );
    }
  });

  // One after the other, each with a rule less than before: the FIFO, for which a waits, goes last.
  test.each(CROSSINGS)('%s %s is blocked with its rule removed', (kind, name, _works, op) => {
    lab.without((rule) => rule.allow === op);
    const ran = lab.shuttle('run');
    expect(said(ran, kind, name)).toBe('ENOENT');
    expect(of(ran, op)).toContainEqual(expect.objectContaining({ peer: 'a', verdict: 'blocked' }));
  });
});

describe.each(PEOPLE)('between VMs without a rule, as $name', (who) => {
  test('what is only opened to read is recorded as blocked', () => {
    const lab = new Lab(who);
    const reach = lab.build('reach');
    lab.system(`
shuttle: 1
system: lab
main: b
vms:
  a:
    program: [${reach}, serve]
    ready: pipe.serve /tmp/reach.fifo
  b:
    program: [${reach}, peek, /reach.memory, poll, /tmp/reach.fifo]
    after: [a]
`);
    const ran = lab.shuttle('run');
    lab.end();
    expect([said(ran, 'peek', '/reach.memory'), said(ran, 'poll', '/tmp/reach.fifo')]).toEqual(['ENOENT', 'ENOENT']);
    const blocked = ran.rows.filter((row) => row.vm === 'b' && row.verdict === 'blocked');
    expect(blocked.map((row) => [row.op, row.object, row.peer])).toEqual([
      ['memory.open', '/reach.memory', 'a'],
      ['pipe.connect', '/tmp/reach.fifo', 'a'],
    ]);
  });
});

describe.each(PEOPLE)('messages between VMs, as $name', (who) => {
  test('may be of no bytes, and are no end', () => {
    const lab = new Lab(who);
    const empty = lab.build('empty');
    lab.system(`
shuttle: 1
system: lab
main: b
vms:
  a:
    program: [${empty}, serve, /tmp/empty]
    ready: unix.serve /tmp/empty
  b:
    program: [${empty}, /tmp/empty]
    after: [a]
`);
    const ran = lab.shuttle('learn', '--payload', 'full');
    lab.end();
    expect([ran.out, ran.err.match(/^.*sizes.*$/m)?.[0]]).toEqual([
      'sizes 0 4\n',
      expect.stringContaining('sizes 0 5'),
    ]);
  });
});
