// A desktop stays while a program is on it: Wine's server closes one too early where a thread of explorer's ends beside a
// program of one thread, and with it what other VMs could find (native/windows/agent/desktop.c).
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, PEOPLE, type Ran } from './lab.js';
import { buildWindows, lacking, lines, why, words } from './windows_fixtures.js';

describe.skipIf(lacking !== '')(`the desktop of a Windows VM${why}`, () => {
  let lab: Lab;
  let ran: Ran;

  beforeAll(() => {
    lab = new Lab(PEOPLE[0] as (typeof PEOPLE)[number], false);
    lab.system(`
shuttle: 1
system: lab
main: one
vms:
  one: { program: ${words(buildWindows(lab, 'desktop', '-luser32'))} }
`);
    ran = lab.shuttle('learn', '--ephemeral');
  }, 600_000);
  afterAll(() => lab.end());

  test('stays when a thread of explorer’s ends', () => {
    expect(lines(ran)).toEqual(['thread: 0', 'desktop: stays']);
  });
});
