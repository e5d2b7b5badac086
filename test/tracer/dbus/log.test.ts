import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BusMessage, LogReader } from '../../../tracer/dbus/log.js';
import { rowOf } from '../../../tracer/dbus/rows.js';

function read(text: string): BusMessage[] {
  const reader = new LogReader();
  return [...text.split('\n').flatMap((line) => reader.read(line)), ...reader.flush()];
}

// What the program itself printed, version 0.1.4.
test.each<[string, string, BusMessage[]]>([
  [
    'a call that went through',
    'C2: -> org.a.B call a.b.C.D at /x\nB3: <- org.a.B return from C2',
    [{ kind: 'call', to: 'org.a.B', member: 'a.b.C.D', path: '/x', fate: 'passed' }],
  ],
  [
    'a call that was hidden, and the answer made up for it',
    'C2: -> org.a.B call a.b.C.D at /x\n*HIDDEN* (ping)\nB3: <- (no sender) return from C2\n*REWRITTEN*',
    [{ kind: 'call', to: 'org.a.B', member: 'a.b.C.D', path: '/x', fate: 'hidden' }],
  ],
  [
    'a call that was denied',
    'C2: -> org.a.B call a.b.C.D at /x\n*DENIED* (ping)',
    [{ kind: 'call', to: 'org.a.B', member: 'a.b.C.D', path: '/x', fate: 'denied' }],
  ],
  [
    'a name that may not be owned',
    'C2: -> org.freedesktop.DBus call org.freedesktop.DBus.RequestName at /\nFiltering message due to arg0 org.me, policy: 0 (required 3)\n*HIDDEN* (ping)',
    [{ kind: 'about', name: 'org.me', member: 'org.freedesktop.DBus.RequestName', required: 3 }],
  ],
  [
    'signals',
    'B4: <- :1.5 signal a.b.Changed at /x\nB5: <- :1.5 signal a.b.Secret at /x\n*FILTERED IN*\nC2: -> all signal org.me.Sig at /a',
    [
      { kind: 'signal', from: ':1.5', member: 'a.b.Changed', path: '/x', fate: 'passed' },
      { kind: 'signal', from: ':1.5', member: 'a.b.Secret', path: '/x', fate: 'filtered' },
    ],
  ],
  ['nothing of use', '\n*HIDDEN*\nsomething else\nC1: -> all signal a.b at /', []],
])('%s', (_, text, messages) => expect(read(text)).toEqual(messages));

test('whatever is printed is read or passed over', () => {
  const line = fc.oneof(fc.string(), fc.constantFrom('*HIDDEN*', 'C1: -> a call b at /', 'B1: <- a signal b at /'));
  fc.assert(fc.property(fc.array(line), (lines) => void read(lines.join('\n'))));
});

const names = {
  has: (name: string) => name === 'org.a.B' || name === ':1.5',
  nameOf: (name: string) => (name === ':1.5' ? 'org.a.B' : name),
};
const call = { kind: 'call', to: 'org.a.B', member: 'a.C', path: '/x', fate: 'passed' } as const;

test.each([
  [call, { op: 'dbus.call', object: 'session:org.a.B /x a.C', peer: 'host', verdict: 'shuttled', status: 0 }],
  [
    { ...call, to: ':1.5' },
    { op: 'dbus.call', object: 'session:org.a.B /x a.C', verdict: 'shuttled' },
  ],
  [
    { ...call, fate: 'hidden' },
    { verdict: 'blocked', peer: 'host', status: 2 },
  ],
  [
    { ...call, fate: 'denied' },
    { verdict: 'blocked', status: 13 },
  ],
  [
    { ...call, to: 'org.no.One' },
    { verdict: 'absent', peer: null, status: 2 },
  ],
  [{ ...call, to: 'org.freedesktop.DBus' }, null],
  [
    { kind: 'signal', from: ':1.5', member: 'a.S', path: '/x', fate: 'passed' },
    { op: 'dbus.listen', object: 'session:org.a.B /x a.S', verdict: 'shuttled' },
  ],
  [
    { kind: 'signal', from: ':1.5', member: 'a.S', path: '/x', fate: 'filtered' },
    { op: 'dbus.listen', verdict: 'blocked' },
  ],
  [{ kind: 'signal', from: 'org.freedesktop.DBus', member: 'a.S', path: '/x', fate: 'passed' }, null],
  [
    { kind: 'about', name: 'org.me', member: 'org.freedesktop.DBus.RequestName', required: 3 },
    { op: 'dbus.own', object: 'session:org.me', verdict: 'blocked' },
  ],
  [{ kind: 'about', name: 'org.me', member: 'org.freedesktop.DBus.GetNameOwner', required: 1 }, null],
] as [BusMessage, object | null][])('%j', (message, row) => {
  const found = rowOf(message, 'session', names);
  if (row === null) expect(found).toBeNull();
  else expect(found).toMatchObject(row);
});
