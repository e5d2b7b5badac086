// Where windows go: to an X server of the VM's own, or by rule to the host's.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { X_SERVER } from '../../tracer/session/display.js';
import { Lab, type LabRow, PEOPLE } from './lab.js';
import { lacking, titled, WindowsLab } from './windows_lab.js';

// Comes with the server and is a client: prints the server's keyboard.
const CLIENT = '/usr/bin/xkbcomp';
const noServer = existsSync(`/usr/bin/${X_SERVER}`) && existsSync(CLIENT) ? null : `no ${X_SERVER}`;

const asked = (rows: readonly LabRow[]) =>
  rows.filter((row) => row.op === 'unix.connect' && row.object.includes('.X11-unix'));
const system = (display: string, program: readonly string[], rules = '') => `
shuttle: 1
system: lab
main: a
vms:
  a:
    display: ${display}
    program: [${program.map((word) => JSON.stringify(word)).join(', ')}]
${rules}
`;

describe.skipIf(noServer !== null).each(PEOPLE)(titled('a display, as $name', noServer), (who) => {
  let lab: Lab;
  beforeAll(() => {
    lab = new Lab(who);
  });
  afterAll(() => lab.end());
  const client = ['/bin/sh', '-c', `exec ${CLIENT} "$DISPLAY" -`];

  test('of its own is there when the program starts, and asks for no rule', () => {
    lab.system(system('private', client));
    const learnt = lab.shuttle('learn', '--ephemeral');
    expect([learnt.code, learnt.out]).toEqual([0, expect.stringContaining('xkb_keymap')]);
    expect(readFileSync(lab.file, 'utf8')).not.toContain('allow:');
    const ruled = lab.shuttle('run', '--ephemeral');
    expect([ruled.code, ruled.out]).toEqual([0, expect.stringContaining('xkb_keymap')]);
  });

  test('does not change the exit code', () => {
    lab.system(system('private', ['/bin/sh', '-c', 'exit 7']));
    expect(lab.shuttle('run', '--ephemeral').code).toBe(7);
  });

  test('of the host without a session is an error in words', () => {
    lab.system(system('host', client));
    const done = lab.command(['run', lab.file]);
    expect([done.status, done.stderr]).toEqual([125, expect.stringContaining('DISPLAY_NOT_HERE')]);
  });

  describe('of the host', () => {
    let server: ChildProcess;
    let display: string;
    beforeAll(async () => {
      server = spawn(X_SERVER, ['-displayfd', '1', '-nolisten', 'tcp', '-ac'], { stdio: ['ignore', 'pipe', 'ignore'] });
      const [number] = (await once(server.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
      display = number.toString().trim();
      lab.env.DISPLAY = `:${display}`;
    });
    afterAll(async () => {
      delete lab.env.DISPLAY;
      server.kill();
      await once(server, 'exit');
    });

    test('is blocked without a rule, while learning too', () => {
      lab.system(system('host', client));
      for (const command of ['learn', 'run']) {
        const ran = lab.shuttle(command, '--ephemeral');
        expect(ran.out).not.toContain('xkb_keymap');
        expect(asked(ran.rows)[0]).toMatchObject({ peer: 'host', verdict: 'blocked' });
      }
    });

    test('is learnt where it is exposed, and then reached by its rule', () => {
      lab.system(system('host', client));
      const learnt = lab.shuttle('learn', '--ephemeral', '--expose', '/tmp/.X11-unix');
      expect(learnt.out).toContain('xkb_keymap');
      const ruled = lab.shuttle('run', '--ephemeral');
      expect(ruled.out).toContain('xkb_keymap');
      expect(asked(ruled.rows)[0]).toMatchObject({ peer: 'host', verdict: 'shuttled' });
      lab.without((rule) => rule.allow === 'unix.connect');
      expect(lab.shuttle('run', '--ephemeral').out).not.toContain('xkb_keymap');
    });
  });
});

const lack = lacking ?? noServer;
describe.skipIf(lack !== null)(titled('a Windows program with a display of its own', lack), () => {
  let lab: WindowsLab;
  beforeAll(() => {
    lab = new WindowsLab({ name: 'whoever tests', uid: null }).prepare();
  });
  afterAll(() => lab?.end());

  test('shows its windows there', () => {
    lab.system(system('private', [lab.probe, 'window']));
    const ran = lab.shuttle('learn', '--ephemeral');
    expect(ran.out).toMatch(/^window made, found yes, screen 1280x1024/);
    expect(asked(ran.rows).every((row) => row.peer === 'a' && row.verdict === 'passed')).toBe(true);
    expect(readFileSync(lab.file, 'utf8')).not.toContain('unix.connect');
  });
});
