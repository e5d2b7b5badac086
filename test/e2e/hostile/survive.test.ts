// Programs that try to outlive their VM.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, PEOPLE } from '../lab.js';
import { processesWith, start, system, until } from './ground.js';

describe.each(PEOPLE)('a program that will not end, as $name', (who) => {
  let lab: Lab;
  beforeAll(() => {
    lab = new Lab(who);
  });
  afterAll(() => lab.end());

  test.each(['SIGINT', 'SIGKILL'] as const)('does not outlive %s to Shuttle', async (end) => {
    const program = lab.build('hostile/survive');
    lab.system(system([program]));
    const shuttle = start(lab, who.uid, 'run');
    const ended = once(shuttle, 'exit');
    const over = () => shuttle.exitCode !== null;
    await once(shuttle.stdout as NodeJS.ReadableStream, 'data');
    // Main and those that mean to stay; some may still be about to fork.
    await until(() => processesWith(program).length > 3, 'several of them', over);
    shuttle.kill(end);
    await ended;
    await until(() => processesWith(program).length === 0, 'all of them gone');
    await until(() => mountsWith(lab.folder).length === 0, 'its mounts gone');
    // And the VM can be started again, with nothing left in its way.
    lab.system(system(['/bin/true']));
    expect(lab.shuttle('run').code).toBe(0);
  });
});

const mountsWith = (folder: string) =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(folder));
