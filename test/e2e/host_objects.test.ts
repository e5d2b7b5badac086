// What the host holds by name, and what nobody may carry: its processes.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, type LabRow, PEOPLE, type Ran } from './lab.js';

const rows = (ran: Ran, op: string): LabRow[] => ran.rows.filter((row) => row.op === op && row.verdict !== 'passed');
const said = (ran: Ran, kind: string) =>
  ran.out
    .split('\n')
    .find((line) => line.startsWith(`${kind} `))
    ?.split(': ')[1];

describe.each(PEOPLE)('objects of the host, as $name', (who) => {
  const memory = `shuttle-e2e-${process.pid}-${who.uid ?? 'self'}`;
  const file = join('/dev/shm', memory);
  let lab: Lab;
  let fifo: string;
  let target: ChildProcess;
  let denied: Ran, learnt: Ran, ruled: Ran;

  /** Runs with somebody on the host who reads the FIFO; what he read. */
  const heard: string[] = [];
  function withReader(run: () => Ran): Ran {
    const to = join(lab.folder, `heard-${heard.length}`);
    const reader = spawn('sh', ['-c', `exec timeout 60 cat ${fifo} >${to}`], { stdio: 'ignore' });
    const ran = run();
    reader.kill();
    heard.push(readFileSync(to, 'utf8'));
    return ran;
  }

  beforeAll(() => {
    lab = new Lab(who);
    fifo = join(lab.outside, 'fifo');
    execFileSync('mkfifo', [fifo]);
    chmodSync(fifo, 0o666);
    writeFileSync(file, Buffer.concat([Buffer.from('greeting'), Buffer.alloc(4088)]));
    if (who.uid !== null) chownSync(file, who.uid, who.uid);
    target = spawn('/bin/sleep', ['300'], {
      stdio: 'ignore',
      ...(who.uid === null ? {} : { uid: who.uid, gid: who.uid }),
    });
    const pid = String(target.pid);
    const words = ['memory', `/${memory}`, 'fifo', fifo, 'signal', pid, 'trace', pid, 'file', '/dev/nothing'];
    lab.system(`
shuttle: 1
system: lab
main: a
vms:
  a:
    program: [${lab.build('reach')}, ${words.map((word) => `'${word}'`).join(', ')}]
`);
    denied = withReader(() => lab.shuttle('learn', '--deny', '-o', join(lab.folder, 'lab', 'denied.shuttle.yaml')));
    learnt = withReader(() => lab.shuttle('learn'));
    ruled = withReader(() => lab.shuttle('run'));
  });
  afterAll(() => {
    target.kill();
    lab.end();
    rmSync(file, { force: true });
  });

  test('are blocked by default', () => {
    expect([said(denied, 'memory'), said(denied, 'fifo'), heard[0]]).toEqual(['ENOENT', 'ENOENT', '']);
    expect(rows(denied, 'memory.open')).toContainEqual(
      expect.objectContaining({ object: `/${memory}`, peer: 'host', verdict: 'blocked' }),
    );
    expect(rows(denied, 'pipe.connect')).toContainEqual(
      expect.objectContaining({ object: fifo, peer: 'host', verdict: 'blocked' }),
    );
  });

  test('are carried and recorded while learning', () => {
    expect([said(learnt, 'memory'), said(learnt, 'fifo'), heard[1]]).toEqual(['greeting', 'ok', 'through\n']);
    expect(rows(learnt, 'memory.open')[0]).toMatchObject({
      object: `/${memory}`,
      peer: 'host',
      verdict: 'shuttled',
      status: 0,
      rule: null,
    });
    expect(rows(learnt, 'pipe.connect')[0]).toMatchObject({
      object: fifo,
      peer: 'host',
      verdict: 'shuttled',
      status: 0,
      rule: null,
    });
    expect(readFileSync(file, 'utf8')).toMatch(/^answer/);
  });

  test('are carried under the rules that were found', () => {
    expect([said(ruled, 'memory'), said(ruled, 'fifo'), heard[2]]).toEqual(['answer', 'ok', 'through\n']);
    expect(rows(ruled, 'memory.open')[0]).toMatchObject({
      peer: 'host',
      verdict: 'shuttled',
      rule: expect.stringContaining('a-host-'),
    });
    expect(rows(ruled, 'pipe.connect')[0]).toMatchObject({
      peer: 'host',
      verdict: 'shuttled',
      rule: expect.stringContaining('a-host-'),
    });
  });

  test('processes are reached by nobody, and the attempt is recorded', () => {
    for (const ran of [denied, learnt, ruled]) {
      expect([said(ran, 'signal'), said(ran, 'trace')]).toEqual(['ESRCH', 'ESRCH']);
      const attempt = { peer: 'host', verdict: 'blocked', status: 3, object: '/usr/bin/sleep' };
      expect(rows(ran, 'process.signal')).toEqual([
        expect.objectContaining({ ...attempt, detail: `{"pid":${target.pid},"signal":15}` }),
      ]);
      expect(rows(ran, 'process.open')).toEqual([expect.objectContaining(attempt)]);
    }
  });

  test('devices that are nowhere are absent', () => {
    expect(rows(learnt, 'device.open')[0]).toMatchObject({ object: '/dev/nothing', verdict: 'absent', peer: null });
  });

  test('are blocked with the rules removed', () => {
    lab.without((rule) => rule.to === 'host');
    const ran = withReader(() => lab.shuttle('run'));
    expect([said(ran, 'memory'), said(ran, 'fifo'), heard[3]]).toEqual(['ENOENT', 'ENOENT', '']);
    expect(rows(ran, 'memory.open')).toContainEqual(expect.objectContaining({ peer: 'host', verdict: 'blocked' }));
  });
});

describe.each(PEOPLE)('programs and hostile calls, as $name', (who) => {
  let lab: Lab;
  beforeAll(() => {
    lab = new Lab(who);
  });
  afterAll(() => lab.end());

  test('a start is recorded with its arguments, what changed in its environment, and its file', () => {
    const script = lab.put('tool.sh', '#!/bin/sh\necho ran "$1"\n');
    chmodSync(script, 0o755);
    lab.system(`
shuttle: 1
system: lab
main: a
vms:
  a:
    program: [/bin/sh, -c, 'GREETING=hello ${script} "two words"; ${script}.missing; exit 0']
`);
    const ran = lab.shuttle('learn');
    expect(ran.out).toContain('ran two words');
    const starts = ran.rows.filter((row) => row.op === 'program.start');
    const started = starts.find((row) => row.object === script);
    expect(started).toMatchObject({ verdict: 'passed', status: 0, source: 'seen' });
    expect(JSON.parse(started?.detail ?? '')).toMatchObject({
      argv: [script, 'two words'],
      env: { GREETING: 'hello' },
    });
    expect(ran.rows).toContainEqual(
      expect.objectContaining({ op: 'file.read', object: script, peer: 'host', verdict: 'shuttled' }),
    );
    expect(starts).toContainEqual(
      expect.objectContaining({ object: `${script}.missing`, verdict: 'absent', status: 2 }),
    );
  });

  test('the base system is written as a private copy, by whom its files belong to', () => {
    const name = `/usr/local/shuttle-e2e-${process.pid}`;
    lab.system(`
shuttle: 1
system: lab
main: a
vms:
  a:
    program: [/bin/sh, -c, 'cd /usr/local; echo mine > ${name.slice(11)}; cat ${name}; exit 0']
`);
    const ran = lab.shuttle('learn', '--ephemeral');
    const may = process.getuid?.() === 0 && who.uid === null; // root's files look like the VM user's own
    expect(ran.out).toBe(may ? 'mine\n' : '');
    expect(existsSync(name)).toBe(false);
    const row = {
      object: name,
      peer: 'host',
      verdict: 'redirected',
      status: may ? 0 : 13,
      detail: '{"existed":false}',
    };
    expect(ran.rows).toContainEqual(expect.objectContaining({ op: 'file.create', ...row }));
  });

  test('names that change while they are looked at open nothing else, and odd calls harm nobody', () => {
    const allowed = lab.put('ok-1.txt', 'allowed\n'),
      forbidden = lab.put('no.txt', 'forbidden\n');
    lab.system(`
shuttle: 1
system: lab
main: a
vms:
  a:
    program: [${lab.build('hostile')}, ${allowed}, ${forbidden}]
rules:
  - { id: ok, allow: file.read, from: a, to: host, object: '${lab.outside}/ok-{uint}.txt', state: accepted }
`);
    const ran = lab.shuttle('run', '--ephemeral');
    expect(ran.code).toBe(0);
    expect(ran.out).toBe('in the end: allowed\n\n');
    const opened = ran.rows.filter((row) => row.op === 'file.read' && row.verdict === 'shuttled');
    expect(new Set(opened.map((row) => row.object))).toEqual(new Set([allowed]));
  });
});
