import { describe, expect, test } from 'vitest';
import { type Asked, readQuestion } from '../../../policygen/explain/question.js';
import { whyOf } from '../../../policygen/explain/why.js';
import { system } from './system.js';

const file = system(
  "{ id: ledger, allow: pipe.connect, from: app, to: db, object: '\\\\.\\pipe\\ledgers', state: accepted }",
  "{ id: job, allow: unix.connect, from: db, to: app, object: '/run/job-{uint}.sock' }",
  "{ id: no-job, allow: unix.connect, from: db, to: app, object: '/run/job-13.sock', state: refused, decided: { by: ann } }",
  "{ id: rc, allow: file.read, from: db, to: host, object: '{home}/.rc' }",
  "{ id: own, allow: unix.connect, from: db, to: app, object: '/tmp/own-{pid}' }",
  "{ id: key, allow: registry.read, from: app, to: db, object: 'HKLM\\X', access: [read] }",
);
const known = (token: string) => (token === 'home' ? ['/home/ann'] : []);
const ask = (question: string) => {
  const asked = readQuestion(question, file);
  if ('wrong' in asked) throw new Error(JSON.stringify(asked));
  return whyOf(file, asked, known);
};

describe('questions', () => {
  const plain: Asked = {
    op: 'pipe.connect',
    from: 'app',
    fromImage: null,
    to: null,
    toImage: null,
    object: '\\\\.\\pipe\\ledger',
    access: [],
  };
  test.each<[string, object]>([
    ['app may pipe.connect \\\\.\\pipe\\ledger', plain],
    ['  app  may pipe.connect \\\\.\\pipe\\ledger ', plain],
    ['app:a.exe may pipe.connect db \\\\.\\pipe\\ledger', { ...plain, fromImage: 'a.exe', to: 'db' }],
    [
      'app may file.write host:x /a b to write, create',
      { ...plain, op: 'file.write', to: 'host', toImage: 'x', object: '/a b', access: ['write', 'create'] },
    ],
    ['app may file.read db', { ...plain, op: 'file.read', object: 'db' }],
    ['app may file.read /a to z', { ...plain, op: 'file.read', object: '/a to z' }],
    ['may I?', { wrong: 'form' }],
    ['app may pipe.connect', { wrong: 'form' }],
    ['nobody may pipe.connect x', { wrong: 'vm', word: 'nobody', known: ['app', 'db'] }],
    ['app may pipe.fly x', { wrong: 'op', word: 'pipe.fly' }],
  ])('%s', (text, expected) => expect(readQuestion(text, file)).toEqual(expected));
});

test.each<[string, boolean, string | null]>([
  ['app may pipe.connect \\\\.\\PIPE\\LEDGERS', true, 'ledger'],
  ['app may pipe.connect \\\\.\\pipe\\ledger', false, null],
  ['db may unix.connect /run/job-7.sock', true, 'job'],
  ['db may unix.connect /run/job-13.sock', false, 'no-job'],
  ['db may file.read /home/ann/.rc', true, 'rc'],
  ['db may file.read /home/bob/.rc', false, null],
  ['db may unix.connect host /run/job-7.sock', false, null],
  ['app may registry.read HKLM\\X to read', true, 'key'],
  ['app may registry.read HKLM\\X to write', false, null],
])('%s: %s by %s', (question, allowed, rule) => {
  const found = ask(question);
  expect([found.allowed, found.rule?.id ?? null]).toEqual([allowed, rule]);
  expect(found.nearest.length > 0).toBe(rule === null);
});

test.each<[string, string, string]>([
  [
    'app may pipe.connect \\\\.\\pipe\\ledger',
    'ledger',
    'after "\\\\\\\\.\\\\pipe\\\\ledger" the name ends where the rule has "s"',
  ],
  [
    'db may unix.connect /run/job-x.sock',
    'job',
    'after "/run/job-" the name has "x.sock" where the rule has {uint}, a digit',
  ],
  [
    'db may unix.connect /run/job-7.sock2',
    'job',
    'after "/run/job-7.sock" the name has "2" where the rule has its end',
  ],
  [
    'db may file.read /home/bob/.rc',
    'rc',
    'after "/home/" the name has "bob/.rc" where the rule has {home}, which is "/home/ann"',
  ],
  ['db may unix.connect /tmp/own-4711', 'own', 'it is about this name only where {pid} is 4711'],
  ['db may unix.connect host /run/job-7.sock', 'job', 'to is app, not host'],
  ['app may registry.read HKLM\\X to write', 'key', 'it gives leave to read only'],
  ['app may pipe.serve \\\\.\\pipe\\ledgers', 'ledger', 'it allows pipe.connect'],
])('%s is not %s', (question, rule, says) => {
  const [nearest] = ask(question).nearest;
  expect(nearest).toMatchObject({ rule, differences: [{ says }] });
});

test('what to change', () => {
  expect(ask('db may unix.connect /run/job-13.sock').change).toEqual([expect.stringMatching(/--accept 'id=no-job'$/)]);
  expect(ask('db may unix.connect /run/job-7.sock').change).toEqual([expect.stringMatching(/--refuse 'id=job'$/)]);
  const [add] = ask('app may file.read host /a{b}').change;
  expect(add).toContain("object: '/a{{b}}'");
  const accepted = readQuestion('db may unix.connect /run/job-7.sock', file) as Asked;
  const only = whyOf(file, accepted, known, { acceptedOnly: true });
  expect([only.allowed, only.change.at(-1)]).toEqual([false, expect.stringContaining('4 proposed rules do not count')]);
});
