// Programs that try to get at what is outside their VM.
import { spawn } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, PEOPLE } from '../lab.js';
import { Ears, held, rule, system } from './ground.js';

describe.each(PEOPLE)('a program that wants out, as $name', (who) => {
  let lab: Lab;
  const ears = new Ears();
  beforeAll(() => {
    lab = new Lab(who);
  });
  afterAll(() => {
    ears.close();
    lab.end();
  });

  test.each(['run', 'learn'])('finds no way through the kernel (%s)', (verb) => {
    lab.system(system([lab.build('hostile/kernel')]));
    held(lab.shuttle(verb));
  });

  test.each(['run', 'learn'])('reads no protected file, and changes none of the host (%s)', async (verb) => {
    const secrets = ['key', 'deep/er/key'].map((name) => lab.put(`../home/.ssh/${name}`, 'secret\n'));
    const granted = lab.put('granted', 'granted\n');
    const input = lab.put('input', 'input\n');
    const plain = lab.put(`plain-${verb}`, 'plain\n');
    const agent = join(lab.folder, 'home/.ssh', `agent-${verb}`);
    const agents = await ears.open(agent);
    // In a folder that the VM has for itself, so no mount hides it.
    const session = mkdtempSync('/tmp/ssh-');
    chmodSync(session, 0o755);
    const sessions = await ears.open(join(session, 'agent.1'));
    const byLink = lab.put(`links-${verb}/x`, '').replace(/x$/, 'ssh');
    symlinkSync(dirname(agent), byLink);
    // While enforcing, what no rule names is as far away as the protected set is while learning.
    const far = [...secrets, agent, join(byLink, 'key'), join(byLink, `agent-${verb}`), lab.put('../home/.aws/x', 'x')];
    far.push(join(session, 'agent.1'));
    const asked = verb === 'run' ? [...far, plain, lab.file] : far;
    const before = [...secrets, granted, input, plain].map(whole);
    lab.system(system([lab.build('hostile/files'), granted, ...asked], rule('file', 'file.read', granted)));
    lab.input = openSync(input, 'r');
    const ran = lab.shuttle(verb);
    closeSync(lab.input);
    lab.input = null;
    await wait(100);
    held(ran);
    expect(ran.out).not.toContain('not granted');
    rmSync(session, { recursive: true });
    expect([agents.heard, sessions.heard]).toEqual([[], []]);
    expect(ran.rows).toContainEqual(
      expect.objectContaining({
        op: 'unix.connect',
        object: join(session, 'agent.1'),
        peer: 'host',
        verdict: 'blocked',
      }),
    );
    expect([...secrets, granted, input, plain].map(whole)).toEqual(before);
    const reached = ran.rows.filter((row) => row.verdict === 'shuttled' && /\/\.ssh|\/\.aws/.test(row.object));
    expect(reached).toEqual([]);
  });

  test('finds nobody outside', async () => {
    const sleeper = spawn('sleep', ['1000'], { ...(who.uid === null ? {} : { uid: who.uid, gid: who.uid }) });
    const ended = new Promise<boolean>((resolve) => {
      sleeper.on('exit', () => resolve(true));
    });
    lab.system(system([lab.build('hostile/outside'), process.pid, process.ppid, sleeper.pid]));
    const ran = lab.shuttle('run');
    expect(await Promise.race([ended, wait(100)])).toBeUndefined();
    sleeper.kill('SIGKILL');
    held(ran);
    const signals = ran.rows.filter((row) => row.op === 'process.signal');
    expect(signals).toContainEqual(expect.objectContaining({ peer: 'host', verdict: 'blocked' }));
  });
});

const whole = (path: string) => {
  const { mode, uid, mtimeMs, size, nlink } = statSync(path);
  return { path, mode, uid, mtimeMs, size, nlink, text: readFileSync(path, 'utf8') };
};
