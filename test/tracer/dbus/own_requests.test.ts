import { expect, test } from 'vitest';
import type { BusMessage } from '../../../tracer/dbus/log.js';
import { OwnRequests } from '../../../tracer/dbus/own_requests.js';

const call = (member: string, fate: 'passed' | 'hidden' = 'passed'): BusMessage => ({
  kind: 'call',
  to: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  member: `org.freedesktop.DBus.${member}`,
  fate,
});
const request = call('RequestName');

type Step = [at: number, what: BusMessage | 'known' | { unknown: string }];

test.each<[name: string, steps: Step[], owned: string[]]>([
  [
    'a request, then a name',
    [
      [0, request],
      [10, { unknown: 'a.b' }],
    ],
    ['a.b'],
  ],
  [
    'a name, then its request',
    [
      [0, { unknown: 'a.b' }],
      [20, request],
    ],
    ['a.b'],
  ],
  [
    'a name that nobody here asked for',
    [
      [0, { unknown: 'a.b' }],
      [20, call('Hello')],
    ],
    [],
  ],
  [
    'a request that was refused',
    [
      [0, call('RequestName', 'hidden')],
      [20, { unknown: 'a.b' }],
    ],
    [],
  ],
  [
    'one request for two names',
    [
      [0, request],
      [1, { unknown: 'a.b' }],
      [2, { unknown: 'c.d' }],
    ],
    ['a.b'],
  ],
  [
    'a request that is accounted for',
    [
      [0, request],
      [1, 'known'],
      [2, { unknown: 'a.b' }],
    ],
    [],
  ],
  [
    'a request long ago',
    [
      [0, request],
      [5000, { unknown: 'a.b' }],
    ],
    [],
  ],
  [
    'a name long ago',
    [
      [0, { unknown: 'a.b' }],
      [5000, request],
    ],
    [],
  ],
])('%s', (_, steps, owned) => {
  const found: string[] = [];
  const requests = new OwnRequests((name) => found.push(name));
  for (const [at, what] of steps) {
    if (what === 'known') requests.known(at);
    else if ('unknown' in what) requests.unknown(what.unknown, at);
    else requests.heard(what, at);
  }
  expect(found).toEqual(owned);
});
