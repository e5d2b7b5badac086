// Programs that try to use the engine up, to stall it or to confuse it.
import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, PEOPLE } from '../lab.js';
import { Ears, held, quoted, rule, start, system, until } from './ground.js';

describe.each(PEOPLE)('a program that takes all it can get, as $name', (who) => {
  let lab: Lab;
  const ears = new Ears();
  beforeAll(() => {
    lab = new Lab(who);
  });
  afterAll(() => {
    ears.close();
    lab.end();
  });

  test('ends at its limits', () => {
    const limits = `    limits: { processes: 60, memory: 268435456, disk: 67108864 }\n`;
    lab.system(system([lab.build('hostile/exhaust')], '', limits));
    const ran = lab.shuttle('run');
    held(ran);
    expect(ran.out).toContain('made some yes');
  });

  const greedy = (what: string, argument: unknown) =>
    `shuttle: 1\nsystem: lab\nmain: b\nvms:\n  a:\n    program: ${quoted([lab.build('hostile/greedy'), what, argument])}\n` +
    `    ready: unix.serve /tmp/greedy\n`;
  const fifoOutside = () => {
    const fifo = join(lab.outside, 'greedy');
    if (!existsSync(fifo)) execFileSync('mkfifo', ['-m', '666', fifo]);
    return fifo;
  };

  test.each(['waiters', 'channels', 'flight', 'forks', 'holders'])('leaves enough for another VM: %s', async (what) => {
    const [taken, asked, fifo] = [await ears.open(0, true), await ears.open(), fifoOutside()];
    asked.answer = 'pong';
    const ask = [lab.build('peer'), 'tcp', asked.port, 'tcp', asked.port];
    const relayed = (id: string, from: string, port: number) =>
      rule(id, 'tcp.connect', `127.0.0.1:${port}`, from).replace('state', 'carry: relay, state');
    lab.system(
      `${greedy(what, what === 'waiters' ? fifo : taken.port)}  b:\n    program: ${quoted(ask)}\n    after: [a]\n` +
        `rules:\n${relayed('take', 'a', taken.port)}${relayed('ask', 'b', asked.port)}${rule('fifo', 'pipe.connect', fifo, 'a')}`,
    );
    const shuttle = start(lab, who.uid, 'run', 'ignore', '--nofile=1024 --nproc=4000');
    let said = '';
    shuttle.stdout?.on('data', (chunk) => {
      said += chunk;
    });
    const [code] = await once(shuttle, 'close');
    expect([said, code]).toEqual([`tcp ${asked.port}: pong\n`.repeat(2), 0]);
  });

  test('holds up nobody by what its process 1 has to do', async () => {
    const ask = [lab.build('peer'), 'stream', '@greedy', 'stream', '@greedy'];
    lab.system(
      `${greedy('orphans', '')}  b:\n    program: ${quoted(ask)}\n    after: [a]\n` +
        `rules:\n${rule('ask', 'unix.connect', '@greedy', 'b', 'a')}`,
    );
    const shuttle = start(lab, who.uid, 'run --timeout 100');
    let said = '';
    shuttle.stdout?.on('data', (chunk) => {
      said += chunk;
    });
    const [code] = await once(shuttle, 'close');
    expect([said, code]).toEqual(['stream @greedy: pong\n'.repeat(2), 0]);
  });

  test.each(['waiters', 'channels'])('ends when it is told to: %s', async (what) => {
    const [taken, fifo] = [await ears.open(0, true), fifoOutside()];
    const rules = rule('take', 'tcp.connect', `127.0.0.1:${taken.port}`) + rule('fifo', 'pipe.connect', fifo);
    lab.system(system([lab.build('hostile/greedy'), what, what === 'waiters' ? fifo : taken.port], rules));
    const shuttle = start(lab, who.uid, 'run', 'ignore', '--nofile=1024');
    const ended = once(shuttle, 'exit');
    await once(shuttle.stdout as NodeJS.ReadableStream, 'data');
    shuttle.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
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
    const good = await ears.open();
    lab.system(
      system([lab.build('hostile/garbage'), good.port], rule('port', 'tcp.connect', `127.0.0.1:${good.port}`)),
    );
    const ran = lab.shuttle('run');
    held(ran);
    expect(ran.out).toContain('joined at first yes');
    expect(ran.out).toContain('joined at last yes');
    const joins = () => good.heard.filter((text) => text === 'joined');
    await until(() => joins().length >= 2, 'both connections');
    expect(joins()).toHaveLength(2);
    for (const row of ran.rows) if (row.detail) JSON.parse(row.detail);
    const crossed = ran.rows.filter((row) => row.verdict === 'shuttled');
    expect(crossed).toHaveLength(2);
    for (const row of crossed) expect(row).toMatchObject({ source: 'engine', peer: 'host', rule: 'port' });
  });

  test('confuses nobody with a crowd that names things in memory that comes and goes', async () => {
    const [good, bad, secret] = [await ears.open(), await ears.open(), lab.put('../home/.ssh/key', 'secret\n')];
    lab.system(
      system(
        [lab.build('hostile/crowd'), good.port, bad.port, secret],
        rule('port', 'tcp.connect', `127.0.0.1:${good.port}`),
      ),
    );
    const ran = lab.shuttle('run');
    held(ran);
    expect(ran.out).toContain('a thousand\n');
    expect(ran.out).toContain('still joined yes');
    expect(bad.heard).toEqual([]);
    const crossed = ran.rows.filter((row) => row.verdict === 'shuttled').map((row) => `${row.op} ${row.object}`);
    expect(new Set(crossed)).toEqual(new Set([`tcp.connect 127.0.0.1:${good.port}`]));
  });

  test('holds up nobody by a server that takes nobody', async () => {
    const peer = lab.build('peer');
    const [stalled, asked] = [30_000 + (process.pid % 2_000), await ears.open()];
    lab.system(
      `shuttle: 1\nsystem: lab\nmain: b\nvms:\n  a:\n    program: ${quoted([peer, 'stall', 'tcp', stalled, 'stream', '/tmp/stalled'])}\n` +
        `    ready: unix.serve /tmp/stalled\n  b:\n    program: [sh, -c, 'sleep 2; exec ${peer} tcp ${asked.port}']\n    after: [a]\n` +
        `rules:\n${rule('serve', 'tcp.serve', `127.0.0.1:${stalled}`, 'a')}${rule('ask', 'tcp.connect', `127.0.0.1:${asked.port}`)}${rule('peer', 'file.read', peer)}`,
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
});

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
