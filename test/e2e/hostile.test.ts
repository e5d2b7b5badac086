// Programs that try to break the wall (design, section 9). Each says ESCAPED where something worked; here it is also
// looked at what the host saw of it.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, PEOPLE, type Ran } from './lab.js';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const escaped = (ran: Ran) => ran.out.split('\n').filter((line) => line.startsWith('ESCAPED'));
const quoted = (words: readonly unknown[]) => `[${words.map((word) => `'${word}'`).join(', ')}]`;
const system = (program: readonly unknown[], rules = '', vm = '') =>
  `shuttle: 1\nsystem: lab\nmain: b\nvms:\n  b:\n    program: ${quoted(program)}\n${vm}${rules && `rules:\n${rules}`}`;
const rule = (id: string, allow: string, object: string) =>
  `  - { id: ${id}, allow: ${allow}, from: b, to: host, object: '${object}', state: accepted, needed: seen }\n`;

function held(ran: Ran): void {
  expect(escaped(ran)).toEqual([]);
  expect(ran.out.split('\n').slice(-2)).toEqual(['done', '']);
  expect(JSON.parse(readFileSync(join(ran.run, 'run.json'), 'utf8'))).toMatchObject({ complete: true });
  for (const row of ran.rows) expect(row).toMatchObject({ vm: 'b' });
}

/** A server of the host that keeps what it is sent. */
interface Ear {
  heard: string[];
  port: number;
  answer: string;
  close(): void;
}

async function listen(at: number | string): Promise<Ear> {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    heard.push('joined');
    socket.on('data', (chunk) => {
      heard.push(String(chunk));
      if (ear.answer) socket.write(ear.answer);
    });
    socket.on('error', () => socket.destroy());
  });
  if (typeof at === 'number') server.listen(at, '127.0.0.1');
  else server.listen(at);
  await once(server, 'listening');
  const address = server.address();
  const ear: Ear = {
    heard,
    answer: '',
    port: typeof address === 'object' && address ? address.port : 0,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
  return ear;
}

/** Where the machine's processes are that have this word among their arguments. */
const processesWith = (word: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word);
      } catch {
        return false;
      }
    });

describe.each(PEOPLE)('a hostile program, as $name', (who) => {
  let lab: Lab;
  const ears: Ear[] = [];
  beforeAll(() => {
    lab = new Lab(who);
  });
  afterAll(() => {
    for (const ear of ears) ear.close();
    lab.end();
  });
  const ear = async (at: number | string = 0) => {
    const made = await listen(at);
    ears.push(made);
    return made;
  };

  test.each(['run', 'learn'])('finds no way through the kernel (%s)', (verb) => {
    lab.system(system([lab.build('hostile/kernel')]));
    held(lab.shuttle(verb));
  });

  test('makes no more of a socket that it was handed than it is', async () => {
    // As long as a name can be: Node fills shorter ones with zeros.
    const mark = (end: string) => `hostile-${process.pid}-${who.uid}-${end}`.padEnd(107, '-');
    const [good, bad] = [await ear(), await ear()];
    const [goodName, badName] = [await ear(`\0${mark('good')}`), await ear(`\0${mark('bad')}`)];
    const program = [lab.build('hostile/network'), good.port, bad.port, `@${mark('good')}`, `@${mark('bad')}`];
    const rules =
      rule('port', 'tcp.connect', `127.0.0.1:${good.port}`) + rule('name', 'unix.connect', `@${mark('good')}`);
    lab.system(system(program, rules));
    const ran = lab.shuttle('run');
    await wait(200);
    held(ran);
    expect(ran.out).toContain('still joined yes');
    expect([bad.heard, badName.heard]).toEqual([[], []]);
    expect([good.heard.length, goodName.heard.length]).not.toContain(0);
    const crossed = ran.rows.filter((row) => row.verdict === 'shuttled').map((row) => `${row.op} ${row.object}`);
    expect(new Set(crossed)).toEqual(new Set([`tcp.connect 127.0.0.1:${good.port}`, `unix.connect @${mark('good')}`]));
  });

  test.each(['run', 'learn'])('sends nothing with sockets that a service handed it (%s)', async (verb) => {
    // Only the service is allowed, and nothing that it hands over.
    const [door, name] = [join(lab.outside, `giver-${verb}`), `@hostile-${process.pid}-${who.uid}-${verb}`];
    const giver = spawn(lab.build('giver'), [door, name], {
      ...(who.uid === null ? {} : { uid: who.uid, gid: who.uid }),
    });
    let said = '';
    giver.stdout.on('data', (chunk) => {
      said += chunk;
    });
    while (!said.includes('\n')) await wait(10);
    const port = said.split(/\s/)[1];
    const blocked = [rule('port', 'udp.send', `127.0.0.1:${port}`), rule('name', '[unix.send, unix.connect]', name)];
    const refused = blocked.join('').replaceAll('accepted', 'refused');
    lab.system(system([lab.build('hostile/given'), door, port, name], rule('giver', 'unix.connect', door) + refused));
    const ran = lab.shuttle(verb, ...(verb === 'learn' ? ['--payload', 'none'] : []));
    await wait(200);
    giver.kill('SIGKILL');
    held(ran);
    expect(said.match(/^heard.*/gm)).toBe(null);
    // The service is told of the program's user, never of root.
    expect(said.match(/^peer .*/gm)).toEqual([`peer ${ran.out.match(/^I am (\d+)$/m)?.[1]}`]);
    for (const what of ['large stream', 'several datagrams', 'passing a descriptor', 'ends'])
      expect(ran.out).toContain(`${what} works`);
    expect(ran.out).toContain('sender known');
  });

  test.each(['run', 'learn'])('reads no protected file, and changes none of the host (%s)', async (verb) => {
    const secrets = ['key', 'deep/er/key'].map((name) => lab.put(`../home/.ssh/${name}`, 'secret\n'));
    const granted = lab.put('granted', 'granted\n');
    const input = lab.put('input', 'input\n');
    const plain = lab.put(`plain-${verb}`, 'plain\n');
    const agent = join(lab.folder, 'home/.ssh', `agent-${verb}`);
    const ears = await ear(agent);
    // In a folder that the VM has for itself, so no mount hides it.
    const session = mkdtempSync('/tmp/ssh-');
    chmodSync(session, 0o755);
    const sessions = await ear(join(session, 'agent.1'));
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
    expect([ears.heard, sessions.heard]).toEqual([[], []]);
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

  test('ends at its limits', () => {
    const limits = `    limits: { processes: 60, memory: 268435456, disk: 67108864 }\n`;
    lab.system(system([lab.build('hostile/exhaust')], '', limits));
    const ran = lab.shuttle('run');
    held(ran);
    expect(ran.out).toContain('made some yes');
  });

  test('has the engine wait in so many threads and no more', async () => {
    const fifo = join(lab.outside, 'fifo');
    execFileSync('mkfifo', ['-m', '666', fifo]);
    lab.system(system([lab.build('hostile/stall'), fifo], rule('fifo', 'pipe.connect', fifo)));
    const shuttle = start(lab, who.uid, 'run', 'pipe');
    let said = '';
    shuttle.stdout?.on('data', (chunk) => {
      said += chunk;
    });
    while (!said.includes('waiting')) await wait(50);
    const threads = readdirSync(`/proc/${shuttle.pid}/task`).length;
    shuttle.stdin?.end('\n');
    const [code] = await once(shuttle, 'exit');
    expect([said, code]).toEqual(['waiting\ndone\n', 0]);
    expect(threads).toBeGreaterThan(64);
    expect(threads).toBeLessThan(250);
  });

  test('confuses the engine with nothing', async () => {
    const good = await ear();
    lab.system(
      system([lab.build('hostile/garbage'), good.port], rule('port', 'tcp.connect', `127.0.0.1:${good.port}`)),
    );
    const ran = lab.shuttle('run');
    await wait(200);
    held(ran);
    expect(ran.out).toContain('joined at first yes');
    expect(ran.out).toContain('joined at last yes');
    expect(good.heard.filter((text) => text === 'joined')).toHaveLength(2);
    for (const row of ran.rows) if (row.detail) JSON.parse(row.detail);
    const crossed = ran.rows.filter((row) => row.verdict === 'shuttled');
    expect(crossed).toHaveLength(2);
    for (const row of crossed) expect(row).toMatchObject({ source: 'engine', peer: 'host', rule: 'port' });
  });

  test('holds up nobody by a server that takes nobody', async () => {
    const peer = lab.build('peer');
    const [stalled, asked] = [30_000 + (process.pid % 2_000), await ear()];
    const to = (from: string, allow: string, object: string) =>
      `  - { id: ${from}-${allow}, allow: ${allow}, from: ${from}, to: host, object: '${object}', state: accepted, needed: seen }\n`;
    lab.system(
      `shuttle: 1\nsystem: lab\nmain: b\nvms:\n  a:\n    program: ${quoted([peer, 'stall', 'tcp', stalled, 'stream', '/tmp/stalled'])}\n` +
        `    ready: unix.serve /tmp/stalled\n  b:\n    program: [sh, -c, 'sleep 2; exec ${peer} tcp ${asked.port}']\n    after: [a]\n` +
        `rules:\n${to('a', 'tcp.serve', `127.0.0.1:${stalled}`)}${to('b', 'tcp.connect', `127.0.0.1:${asked.port}`)}${to('b', 'file.read', peer)}`,
    );
    const shuttle = start(lab, who.uid, 'run --payload full');
    let said = '';
    shuttle.stdout?.on('data', (chunk) => {
      said += chunk;
    });
    await joined(stalled, shuttle);
    const waiting = await Promise.all([1, 2, 3, 4, 5, 6].map(() => joined(stalled, shuttle)));
    asked.answer = 'pong';
    const [code] = await once(shuttle, 'exit');
    for (const socket of waiting) socket.destroy();
    expect([said, code]).toEqual([`tcp ${asked.port}: pong\n`, 0]);
  });

  test.each(['the end of its run', 'kill -9 of Shuttle'])('does not outlive %s', async (end) => {
    const program = lab.build('hostile/survive');
    const folder = lab.folder;
    lab.system(system([program]));
    const shuttle = start(lab, who.uid, end === 'kill -9 of Shuttle' ? 'run' : 'run --timeout 2');
    await once(shuttle.stdout as NodeJS.ReadableStream, 'data');
    await many(() => processesWith(program)); // some may still be about to fork
    if (end === 'kill -9 of Shuttle') shuttle.kill('SIGKILL');
    await once(shuttle, 'exit');
    await gone(() => processesWith(program));
    await gone(() => mountsWith(folder));
    // And the VM can be started again, with nothing left in its way.
    lab.system(system(['/bin/true']));
    expect(lab.shuttle('run').code).toBe(0);
  });
});

const whole = (path: string) => {
  const { mode, uid, mtimeMs, size, nlink } = statSync(path);
  return { path, mode, uid, mtimeMs, size, nlink, text: readFileSync(path, 'utf8') };
};

function start(lab: Lab, uid: number | null, words: string, input: 'ignore' | 'pipe' = 'ignore'): ChildProcess {
  const [verb = '', ...options] = words.split(' ');
  return spawn(process.execPath, [main, verb, lab.file, ...options], {
    cwd: dirname(lab.file),
    stdio: [input, 'pipe', 'ignore'],
    env: { PATH: process.env.PATH, HOME: join(lab.folder, 'home') },
    ...(uid === null ? {} : { uid, gid: uid }),
  });
}

/** A connection to a port of the host, once somebody listens there. */
async function joined(port: number, shuttle: ChildProcess): Promise<Socket> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const met = await new Promise<boolean>((resolve) => {
      socket.on('connect', () => resolve(true));
      socket.on('error', () => resolve(false));
    });
    if (met) return socket;
    if (shuttle.exitCode !== null) throw new Error('the run ended before anybody served');
    await wait(50);
  }
}

const mountsWith = (folder: string) =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(folder));

/** Main, and those that mean to stay, are there, soon. */
async function many(there: () => readonly unknown[]): Promise<void> {
  for (let turn = 0; turn < 100 && there().length <= 3; turn++) await wait(50);
  expect(there().length).toBeGreaterThan(3);
}

/** Nothing is left, soon. */
async function gone(left: () => readonly string[]): Promise<void> {
  for (let turn = 0; turn < 100 && left().length > 0; turn++) await wait(50);
  expect(left()).toEqual([]);
}
