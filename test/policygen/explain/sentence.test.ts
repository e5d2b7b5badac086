import { expect, test } from 'vitest';
import { OPS } from '../../../native/contract/words.js';
import { doingOf, sentenceOf } from '../../../policygen/explain/sentence.js';
import type { Rule } from '../../../policygen/file/model.js';
import { system } from './system.js';

const file = system();
const rule = (more: Partial<Rule>): Rule => ({ ...file.rules[0]!, ...more });

test.each<[string, Partial<Rule>, string]>([
  ['TCP to a VM', { allow: 'tcp.connect', object: '127.0.0.1:5544' }, 'app.exe talks to db over TCP 5544'],
  [
    'TCP to the network',
    { allow: 'tcp.connect', to: 'net', object: 'example.org:443' },
    'app.exe talks to the network over TCP example.org:443',
  ],
  [
    'a program of the VM',
    { from: 'app:helper', allow: 'unix.connect', object: '/run/x' },
    'helper (app) connects to the socket /run/x of db',
  ],
  ['reading', { allow: 'file.read', to: 'host', object: '/etc/x' }, "app.exe reads the host's /etc/x"],
  ['several', { allow: ['file.read', 'file.write'], to: 'host', object: '/x' }, "app.exe reads, writes the host's /x"],
  [
    'unlike ones',
    { allow: ['pipe.connect', 'file.read'], object: '/x' },
    "app.exe connects to the pipe /x of db and reads db's /x",
  ],
  [
    'more keys',
    { allow: 'program.start', to: 'host', object: '/bin/cc', args: ['-c', '{name}'], phase: 'startup' },
    'app.exe starts /bin/cc in the host, with the arguments "-c" "{name}", while it starts',
  ],
  ['tokens stay', { allow: 'unix.connect', object: '{temp}/{to}' }, 'app.exe connects to the socket {temp}/{to} of db'],
])('%s', (_, more, expected) => expect(doingOf(rule(more), file)).toBe(expected));

test.each(OPS.map((op) => [op]))('%s has a sentence', (op) => {
  const said = doingOf(rule({ allow: op, object: 'OBJECT' }), file);
  expect(said).toMatch(/^app\.exe [a-z]/);
  expect(said).not.toMatch(/\{|undefined/);
});

test.each<[Partial<Rule>, string]>([
  [
    { needed: 'proven', evidence: { runs: 5, of: 5, times: 41 } },
    'app.exe talks to db over TCP 5544, in 5 of 5 runs, 41 times; the scenario fails without it',
  ],
  [
    { needed: 'seen', evidence: { runs: 1, of: 1, times: 1 } },
    'app.exe talks to db over TCP 5544, in 1 of 1 run, 1 time; nobody tried without it',
  ],
  [{ needed: 'unknown' }, 'app.exe talks to db over TCP 5544, in no recorded run; whether it is needed is not known'],
])('%j', (more, expected) => {
  const { evidence, ...plain } = rule({ allow: 'tcp.connect', object: '127.0.0.1:5544' });
  expect(sentenceOf({ ...plain, ...more }, file)).toBe(expected);
});
