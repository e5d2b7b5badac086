// What an earlier system let slip: a hostile Windows program tries every way to what another owns. Inside one VM the ways
// lead there, as in plain Wine, so that the program can be believed; across two VMs none does without a rule, and those
// that are never carried do not even while learning.
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, PEOPLE, type Ran } from './lab.js';
import { buildWindows, inOneVm, lacking, lines, onZ, why, words } from './windows_fixtures.js';

/** What Wine itself has no way to: the attempt is made nonetheless. */
const NOWHERE = {
  'list-pipes': 'Wine lists no pipes',
  'file-id': 'on an overlay Wine takes a file for another device’s than its folder’s',
};

interface Leak {
  what: string;
  /** While learning: carried and so learnt, or never. */
  learning: 'carried' | 'never';
  /** What the victim says of it, where the thief cannot know. */
  heard?: string;
  /** The rows that say it was kept. */
  kept?: readonly [op: string, object: string][];
}

const LEAKS: readonly Leak[] = [
  {
    what: 'global',
    learning: 'carried',
    kept: [
      ['mutex.open', 'Global\\leak-mutex'],
      ['event.open', 'Global\\leak-event'],
      ['event.create', 'Global\\leak-event'],
      ['memory.create', 'Global\\leak-memory'],
    ],
  },
  { what: 'rpc-port', learning: 'carried', kept: [['pipe.connect', '\\\\.\\pipe\\lrpc\\OLEleak']] },
  { what: 'mapper', learning: 'carried', kept: [['pipe.connect', '\\\\.\\pipe\\lrpc\\epmapper']] },
  {
    what: 'fall-back',
    learning: 'carried',
    heard: '\\\\.\\pipe\\leak-pipe',
    kept: [['pipe.connect', '\\\\.\\pipe\\leak-pipe']],
  },
  { what: 'wait-pipe', learning: 'carried', kept: [['pipe.connect', '\\\\.\\pipe\\leak-wait']] },
  { what: 'list-pipes', learning: 'never' },
  { what: 'broadcast', learning: 'carried', heard: 'broadcast', kept: [['window.broadcast', '*']] },
  { what: 'hidden-window', learning: 'never' },
  { what: 'list-windows', learning: 'never' },
  { what: 'clipboard', learning: 'carried' },
  { what: 'hooks', learning: 'never' },
  { what: 'input', learning: 'never', heard: 'key' },
  { what: 'threads', learning: 'never' },
  { what: 'handles', learning: 'never' },
  { what: 'processes', learning: 'never' },
  { what: 'ipv6', learning: 'carried', kept: [['tcp.connect', '[::1]:5999']] },
  { what: 'registry', learning: 'never' },
  { what: 'file-id', learning: 'never' },
  { what: 'service', learning: 'carried' },
];
const NEVER = LEAKS.filter(({ learning }) => learning === 'never');

const LIBRARIES = ['-lrpcrt4', '-lws2_32', '-lntdll', '-luser32', '-ladvapi32'];

describe.skipIf(lacking !== '')(`what an earlier system let slip${why}`, () => {
  const who = PEOPLE[0] as (typeof PEOPLE)[number];
  let labs: Lab[] | undefined;
  let inside: Ran, denied: Ran, ruled: Ran, learnt: Ran;

  beforeAll(() => {
    const [one, two] = [new Lab(who, false), new Lab(who, false)];
    labs = [one, two];
    const thiefIn = (lab: Lab) => {
      const secret = lab.put('secret.txt', 'secret');
      return {
        program: buildWindows(lab, 'leaks', ...LIBRARIES),
        file: [onZ(dirname(secret)), String(statSync(secret).ino)],
      };
    };
    const alone = thiefIn(one);
    const both = `start /b ${onZ(buildWindows(one, 'leak_victim', ...LIBRARIES))} & ${onZ(alone.program)} wait all ${alone.file.join(' ')}`;
    inOneVm(one, both);
    const { program, file } = thiefIn(two);
    const system = (...what: string[]) => `
shuttle: 1
system: lab
main: thief
vms:
  victim: { program: ${words(buildWindows(two, 'leak_victim', ...LIBRARIES))}, ready: 'event.create Local\\leak-ready' }
  thief: { program: ${words(program, ...what, ...file)}, after: [victim] }
`;
    inside = one.shuttle('learn', '--ephemeral');
    two.system(system('all'));
    denied = two.shuttle('learn', '--deny', '--ephemeral', '-o', `${two.file}.denied`);
    ruled = two.shuttle('run', '--ephemeral');
    two.system(system(...NEVER.map(({ what }) => what)));
    learnt = two.shuttle('learn', '--ephemeral', '-o', `${two.file}.learnt`);
  }, 1_800_000);
  afterAll(() => {
    for (const lab of labs ?? []) lab.end();
  });

  const said = (ran: Ran) => `${ran.out}\n${ran.err}`.replace(/\r/g, '').split('\n');

  test.each(LEAKS)('$what leads to its end inside one VM', ({ what, heard }) => {
    const found = what in NOWHERE || heard === 'broadcast' || heard === 'key' ? 'nothing' : 'got it';
    expect(lines(inside)).toContain(`${what}: ${found}`);
    if (heard) expect(said(inside)).toContain(`victim: ${heard}`);
  });

  test.each(LEAKS)('$what leads nowhere where all is denied, and under no rules', ({ what, heard, kept }) => {
    for (const ran of [denied, ruled]) {
      expect(lines(ran)).toContain(`${what}: nothing`);
      if (heard) expect(said(ran)).not.toContain(`victim: ${heard}`);
      for (const [op, object] of kept ?? [])
        expect(ran.rows).toContainEqual(
          expect.objectContaining({ vm: 'thief', op, object, verdict: 'blocked', peer: 'victim' }),
        );
    }
  });

  test.each(NEVER)('$what leads nowhere while learning', ({ what, heard }) => {
    expect(lines(learnt)).toContain(`${what}: nothing`);
    if (heard) expect(said(learnt)).not.toContain(`victim: ${heard}`);
  });

  test('opening by number is tried in earnest: a file of one’s own is found so', () => {
    for (const ran of [inside, denied, ruled]) expect(lines(ran)).toContain('own-file-id: got it');
  });

  test('nothing crosses that the victim would know of', () => {
    for (const ran of [denied, ruled]) {
      expect(said(ran).filter((line) => line.startsWith('victim:'))).toEqual([]);
      expect(ran.rows.filter((row) => row.vm === 'thief' && row.verdict === 'shuttled')).toEqual([]);
    }
  });
});
