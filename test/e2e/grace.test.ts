// How programs that still run are ended when the run is over: asked first, and not for long.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, PEOPLE } from './lab.js';

const system = (server: string, main = 'true') => `
shuttle: 1
system: lab
main: a
vms:
  s:
    program: [sh, -c, ${JSON.stringify(server)}]
    ready: pipe.serve /tmp/up
  a:
    program: [sh, -c, ${JSON.stringify(main)}]
    after: [s]
`;
const SERVES = 'mkfifo /tmp/up; while :; do sleep 0.05; done';

describe.each(PEOPLE)('as $name', (who) => {
  let lab: Lab;
  beforeAll(() => {
    lab = new Lab(who);
  });
  afterAll(() => lab.end());

  test.each(['run', 'learn'])('%s: a server puts away what it has', (command) => {
    lab.system(system(`trap 'echo put away; exit 0' TERM; ${SERVES}`));
    const ran = lab.shuttle(command, '--ephemeral');
    expect(ran.err).toContain('put away');
    expect(ran.code).toBe(0);
  });

  test('one that does not listen is ended all the same', () => {
    lab.system(system(`trap '' TERM; ${SERVES}`));
    expect(lab.shuttle('run', '--ephemeral').code).toBe(0);
  });

  test('nothing is left in the state folder but what a VM wrote', () => {
    lab.system(system(SERVES, 'echo x > /var/lib/mine || echo x > mine'));
    expect(lab.shuttle('run').code).toBe(0);
    const state = join(lab.folder, 'state', 'shuttle');
    expect(readdirSync(state).filter((name) => name !== 'bus')).toEqual(['layers']);
    const layers = () => JSON.parse(lab.command(['vm', 'list', '--json']).stdout);
    expect(layers()).toHaveLength(2);
    expect(layers()[0]).toMatchObject({ gone: false, system_file: lab.file });
    const moved = `${lab.file}.away`;
    spawnSync('mv', [lab.file, moved]);
    expect(layers().map((layer: { gone: boolean }) => layer.gone)).toEqual([true, true]);
    expect(lab.command(['vm', 'list']).stdout).toContain('file gone');
    expect(lab.command(['vm', 'remove']).status).not.toBe(0);
    expect(lab.command(['vm', 'remove', '--gone']).status).toBe(0);
    expect(existsSync(join(state, 'layers'))).toBe(false);
    expect(layers()).toEqual([]);
  });
});
