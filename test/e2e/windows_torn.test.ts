// Pipes between Windows VMs whose one end goes in the middle of the traffic: the other end sees what it would see on one
// machine, and where a dock was lost the run says so.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, PEOPLE } from './lab.js';
import { buildEnds, lacking, lines, why, words } from './windows_fixtures.js';

const PIPE = '\\\\.\\pipe\\torn';
const BROKEN = 'read: 109'; // ERROR_BROKEN_PIPE

interface Case {
  way: string;
  title: string;
  said: readonly string[];
  /** What the server says. */
  served?: string;
  /** Whose dock the run says was lost. */
  lost?: 'server' | 'user';
}
const CASES: readonly Case[] = [
  { way: 'process', title: 'the serving process is ended by force', said: [BROKEN] },
  { way: 'vm', title: 'the server’s VM ends while the other waits', said: [BROKEN] },
  { way: 'dock', title: 'the server’s VM loses its dock', said: [BROKEN], lost: 'server' },
  { way: 'ownDock', title: 'the user’s VM loses its dock', said: [BROKEN], lost: 'user' },
  {
    way: 'user',
    title: 'a process is ended by force inside a call',
    said: ['reading: 0', 'heard: 0'],
    served: 'server: 109',
  },
];

describe.skipIf(lacking !== '')(`pipes between Windows VMs that are torn${why}`, () => {
  let lab: Lab;
  let server: string, user: string;
  beforeAll(() => {
    lab = new Lab(PEOPLE[0] as (typeof PEOPLE)[number], false);
    [server, user] = buildEnds(lab, 'torn');
  });
  afterAll(() => lab?.end());

  test.each(CASES)('$title', { timeout: 600_000 }, ({ way, said, served, lost }) => {
    lab.system(`
shuttle: 1
system: lab
main: user
vms:
  server: { program: ${words(server, 'serve', way, PIPE)}, ready: 'pipe.serve ${PIPE}' }
  user: { program: ${words(user, 'use', way, PIPE)}, after: [server] }
`);
    const ran = lab.shuttle('learn', '--ephemeral');
    expect(lines(ran)).toEqual(said);
    if (served) expect(ran.err).toContain(served);
    expect(ran.rows).toContainEqual(
      expect.objectContaining({ vm: 'user', op: 'pipe.connect', object: PIPE, verdict: 'shuttled', peer: 'server' }),
    );
    const { complete } = JSON.parse(readFileSync(join(ran.run, 'run.json'), 'utf8')) as { complete: boolean };
    expect(complete).toBe(lost === undefined);
    if (lost) expect(ran.err).toMatch(new RegExp(`${lost}.*dock`));
  });
});
