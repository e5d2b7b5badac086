// One system in two terminals: each runs a VM of it, they find each other, and each leaves a run folder of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Lab, PEOPLE, type Ran } from './lab.js';

const main = inject('main');
const port = 26_000 + (process.pid % 3_000);

// kind, name, operation, object, and what is said when nobody is there
const CROSSINGS = [
  ['stream', '/tmp/stream', 'unix.connect', '/tmp/stream', 'ENOENT'],
  ['seqpacket', '/tmp/seqpacket', 'unix.connect', '/tmp/seqpacket', 'ENOENT'],
  ['datagram', '/tmp/datagram', 'unix.connect', '/tmp/datagram', 'ENOENT'],
  ['stream', `@joining-${port}`, 'unix.connect', `@joining-${port}`, 'ECONNREFUSED'],
  ['tcp', `${port}`, 'tcp.connect', `127.0.0.1:${port}`, 'ECONNREFUSED'],
  ['tcp6', `${port}`, 'tcp.connect', `[::1]:${port}`, 'ECONNREFUSED'],
] as const;
const NAMES = CROSSINGS.flatMap((one) => one.slice(0, 2));
const RULES = CROSSINGS.map(
  ([, , op, object], at) =>
    `  - { id: r${at}, allow: ${op}, from: app, to: db, object: '${object}', state: accepted, needed: seen }\n`,
);

const answers = (ran: Ran) => ran.out.match(/(?<=: ).*$/gm);
const crossed = (ran: Ran) => ran.rows.filter((row) => /\.connect$/.test(row.op));

describe.each(PEOPLE)('two terminals, as $name', (who) => {
  let lab: Lab;
  let peer: string;
  const started: ChildProcess[] = [];
  beforeAll(() => {
    lab = new Lab(who);
    peer = lab.build('peer');
    const words = (...rest: readonly string[]) => `[${[peer, ...rest].map((word) => `'${word}'`).join(', ')}]`;
    lab.system(
      `shuttle: 1\nsystem: lab\nmain: app\nvms:\n  db:\n    program: ${words('serve', ...NAMES)}\n` +
        `    ready: tcp.serve 127.0.0.1:${port}\n  app:\n    program: ${words(...NAMES)}\n    after: [db]\nrules:\n${RULES.join('')}`,
    );
  });
  afterAll(() => {
    for (const one of started) one.kill('SIGKILL');
    lab.end();
  });

  /** `run --vm db` in a terminal of its own; resolves when it serves. */
  async function terminal(): Promise<ChildProcess> {
    const { uid } = who;
    const shuttle = spawn(process.execPath, [main, 'run', lab.file, '--vm', 'db'], {
      cwd: dirname(lab.file),
      stdio: ['ignore', 'ignore', 'pipe'],
      env: lab.environment(),
      ...(uid === null ? {} : { uid, gid: uid }),
    });
    started.push(shuttle);
    let said = '';
    shuttle.stderr.on('data', (chunk) => {
      said += chunk;
    });
    for (let turn = 0; turn < 1200 && !said.includes('serving'); turn++) await wait(50);
    expect(said).toContain('serving');
    return shuttle;
  }

  const app = () => lab.shuttle('run', '--vm', 'app');
  const runs = () => readdirSync(join(lab.folder, 'lab/.shuttle/runs/lab'));
  const nobody = CROSSINGS.map(([, , , , refused]) => refused);
  const everybody = CROSSINGS.map(([kind]) => (kind === 'datagram' ? 'sent' : 'pong'));

  test('the app alone finds nobody', () => {
    const ran = app();
    expect(answers(ran)).toEqual(nobody);
    for (const row of crossed(ran)) expect(row).toMatchObject({ verdict: 'absent', peer: null });
    expect(crossed(ran)).toHaveLength(CROSSINGS.length);
  });

  test('find each other, and each leaves its own run folder', async () => {
    const before = runs().length;
    const db = await terminal();
    const ran = app();
    expect(answers(ran)).toEqual(everybody);
    expect(crossed(ran)).toEqual(
      CROSSINGS.map(([, , op, object], at) =>
        expect.objectContaining({
          vm: 'app',
          op,
          object,
          peer: 'db',
          peer_image: peer,
          verdict: 'shuttled',
          rule: `r${at}`,
        }),
      ),
    );
    expect(ran.rows.filter((row) => row.vm !== 'app')).toEqual([]);
    db.kill('SIGINT');
    await once(db, 'exit');
    const own = runs().slice(before);
    expect(own).toHaveLength(2);
    const vms = own.map((id) => {
      const info = JSON.parse(readFileSync(join(lab.folder, 'lab/.shuttle/runs/lab', id, 'run.json'), 'utf8'));
      expect(info).toMatchObject({ complete: true });
      return Object.keys(info.vms).join();
    });
    expect(vms.sort()).toEqual(['app', 'db']);
    expect(answers(app())).toEqual(nobody);
  });

  test('one that was killed is missed by nobody, and may come back', async () => {
    const db = await terminal();
    db.kill('SIGKILL');
    await once(db, 'exit');
    await gone(`${peer}\0serve`);
    const alone = app();
    expect(answers(alone)).toEqual(nobody);
    expect(alone.code).toBe(0);
    await terminal();
    expect(answers(app())).toEqual(everybody);
  });

  test('the same VM does not run twice', async () => {
    const second = lab.command(['run', lab.file, '--vm', 'db']);
    expect(second.status).toBe(125);
    expect(second.stderr).toContain('VM_IN_USE');
    expect(answers(app())).toEqual(everybody);
  });
});

/** No process has these arguments any more, soon. */
async function gone(words: string): Promise<void> {
  const left = () =>
    readdirSync('/proc').filter((pid) => {
      try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(words);
      } catch {
        return false;
      }
    });
  for (let turn = 0; turn < 1200 && left().length > 0; turn++) await wait(50);
  expect(left()).toEqual([]);
}
