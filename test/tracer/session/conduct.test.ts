import { expect, test } from 'vitest';
import { conduct, type Happening, plot } from '../../../tracer/session/conduct.js';

const ready = { op: 'tcp.serve', object: '127.0.0.1:1' } as const;
const pair = {
  main: 'app',
  vms: [
    { name: 'db', after: [], ready },
    { name: 'app', after: ['db'], ready: null },
  ],
};
const single = { main: 'app', vms: [{ name: 'app', after: [], ready: null }] };

/** What was ordered after each happening, in short. */
function play(system: typeof pair | typeof single, happenings: Happening[]) {
  let course = plot(system);
  const orders = happenings.map((happening) => {
    const step = conduct(course, happening);
    course = step.course;
    return step.orders.map((order) => ('vm' in order ? `${order.do} ${order.vm}` : order.do)).join(', ');
  });
  return { orders, course };
}

const began: Happening = { type: 'began' };
const up = (vm: string): Happening => ({ type: 'up', vm });
const exited = (vm: string, code: number): Happening => ({ type: 'exited', vm, code });
const ended = (vm: string): Happening => ({ type: 'ended', vm });
const served: Happening = { type: 'served', vm: 'db', op: 'tcp.serve', object: '0.0.0.0:1' };
const both = [began, up('db'), served, up('app')];

test.each([
  [
    'one VM',
    single,
    [began, up('app'), exited('app', 3), ended('app')],
    ['start app', '', 'kill app', 'finish'],
    ['failed', 3],
  ],
  ['app waits for db', pair, both, ['start db', '', 'start app', ''], null],
  [
    'main ends the run',
    pair,
    [...both, exited('app', 0), ended('app'), ended('db')],
    ['start db', '', 'start app', '', 'kill db, kill app', '', 'finish'],
    ['ok', 0],
  ],
  [
    'a member that did its work is no fault',
    pair,
    [...both, exited('db', 0), ended('db'), exited('app', 0), ended('app')],
    ['start db', '', 'start app', '', '', '', 'kill app', 'finish'],
    ['ok', 0],
  ],
  [
    'a member that dies ends the run',
    pair,
    [...both, exited('db', 9), ended('db'), ended('app')],
    ['start db', '', 'start app', '', '', 'kill app', 'finish'],
    ['failed', 125],
  ],
  [
    'time runs out',
    single,
    [began, up('app'), { type: 'timeout' }, ended('app')],
    ['start app', '', 'kill app', 'finish'],
    ['timeout', 124],
  ],
  [
    'a VM that was being started is killed when it is up',
    pair,
    [began, { type: 'interrupt' }, up('db'), ended('db')],
    ['start db', 'kill db', 'kill db', 'finish'],
    ['interrupted', 130],
  ],
  [
    'a program that was asked ends by itself',
    single,
    [began, up('app'), { type: 'asked' }, exited('app', 0), ended('app')],
    ['start app', '', '', 'kill app', 'finish'],
    ['interrupted', 0],
  ],
  [
    'a program that lives with it ends by itself later',
    single,
    [began, up('app'), { type: 'asked' }, { type: 'went on' }, exited('app', 3), ended('app')],
    ['start app', '', '', '', 'kill app', 'finish'],
    ['failed', 3],
  ],
  [
    'cannot be started',
    single,
    [began, { type: 'failed', vm: 'app', error: new Error('x') }],
    ['start app', 'finish'],
    ['failed', 125],
  ],
] as [string, typeof pair | typeof single, Happening[], string[], [string, number] | null][])(
  '%s',
  (_name, system, happenings, orders, verdict) => {
    const played = play(system, happenings);
    expect(played.orders).toEqual(orders);
    const { verdict: got } = played.course;
    expect(got && [got.outcome, got.exitCode]).toEqual(verdict);
  },
);

test('the fault names what was not seen', () => {
  const { course } = play(pair, [began, up('db'), exited('db', 0), ended('db')]);
  expect(course.fault).toEqual({ vm: 'db', code: 0, ready });
});
