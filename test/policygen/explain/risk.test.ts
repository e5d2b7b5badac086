import { homedir } from 'node:os';
import { expect, test } from 'vitest';
import { OPS } from '../../../native/contract/words.js';
import { weigh } from '../../../policygen/explain/risk.js';
import type { Rule } from '../../../policygen/file/model.js';
import { system } from './system.js';

const rule = (more: Partial<Rule>): Rule => ({ ...system().rules[0]!, ...more });

test.each<[Partial<Rule>, number, string]>([
  [{ allow: 'tcp.connect', to: 'db' }, 1, 'stays within the system'],
  [{ allow: 'tcp.connect', to: 'host' }, 3, 'talks to programs of the host'],
  [{ allow: 'tcp.connect', to: 'net', object: 'example.org:443' }, 4, 'reaches the network'],
  [{ allow: 'dns.resolve', to: 'net', object: 'example.org' }, 2, 'tells the network a name'],
  [{ allow: 'file.read', to: 'host', object: '/etc/hosts' }, 2, 'sees what is on the host'],
  [{ allow: 'file.read', to: 'host', object: '/data of nobody/{rest}' }, 3, 'sees what is on the host'],
  [{ allow: 'file.read', to: 'host', object: '/srv/api-token' }, 3, 'sees what is on the host'],
  [{ allow: ['file.read', 'file.write'], to: 'host', object: '/srv/a' }, 4, "changes the host's files"],
  [
    { allow: 'file.read', to: 'host', object: '{home}/.ssh/config' },
    5,
    'reaches what is protected: keys, passwords, profiles',
  ],
  [
    { allow: 'file.read', to: 'host', object: `${homedir()}/{rest}` },
    5,
    'reaches what is protected: keys, passwords, profiles',
  ],
  [{ allow: 'program.start', to: 'host', object: '/bin/sh' }, 5, 'starts programs outside every wall'],
  [{ allow: 'program.start', to: 'db', object: '/bin/sh' }, 3, 'acts in another VM'],
])('%j: %i, %s', (more, risk, why) => {
  const weighed = weigh(rule(more));
  expect([weighed.risk, weighed.reasons[0]]).toEqual([risk, why]);
});

test.each<[Partial<Rule>, number]>([
  [{ needed: 'proven' }, 0.1],
  [{ needed: 'seen', evidence: { runs: 5, of: 5 } }, 0.4],
  [{ needed: 'seen', evidence: { runs: 1, of: 5 } }, 0.72],
  [{ needed: 'seen', evidence: { runs: 1, of: 1 } }, 0.6],
  [{ needed: 'seen', evidence: { runs: 5, of: 5 }, object: '/{rest}' }, 0.5],
  [{ needed: 'optional' }, 0.9],
  [{ needed: 'unknown' }, 1],
])('%j is unsure by %d', (more, uncertainty) => expect(weigh(rule(more)).uncertainty).toBe(uncertainty));

test.each(['host', 'net', 'db'].flatMap((to) => OPS.map((op) => [op, to])))('%s to %s has a risk', (op, to) => {
  expect(weigh(rule({ allow: op as Rule['allow'], to })).risk).toSatisfy((risk: number) => risk >= 1 && risk <= 5);
});
