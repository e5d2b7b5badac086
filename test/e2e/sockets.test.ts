// Stream, message and datagram sockets, by path, by abstract name and over TCP, to another VM and to the host. Each four
// ways: blocked by default, carried and recorded while learning, carried under the rule that was found, blocked without it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from './hostile/ground.js';
import { Lab, PEOPLE, type Ran } from './lab.js';

interface Crossing {
  kind: string;
  name: string;
  works: string;
  refused: string;
  op: string;
  object: string;
}

const STATUS: Record<string, number> = { ENOENT: 2, ECONNREFUSED: 111 };

/** What is tried. Each place has names of its own, so that nothing answers for another. */
function crossings(folder: string, mark: string, port: number): Crossing[] {
  const unix = (kind: string, name: string): Crossing => ({
    kind,
    name,
    works: /datagram|sendto/.test(kind) ? 'sent' : 'pong',
    refused: name.startsWith('@') ? 'ECONNREFUSED' : 'ENOENT',
    op: kind === 'sendto' ? 'unix.send' : 'unix.connect',
    object: name,
  });
  const tcp = (kind: string, host: string): Crossing => ({
    kind,
    name: String(port),
    works: 'pong',
    refused: 'ECONNREFUSED',
    op: 'tcp.connect',
    object: `${host}:${port}`,
  });
  return [
    unix('stream', `${folder}/stream`),
    unix('seqpacket', `${folder}/seqpacket`),
    unix('datagram', `${folder}/datagram`),
    unix('sendto', `${folder}/sendto`),
    unix('stream', `@${mark}-stream`),
    unix('seqpacket', `@${mark}-seqpacket`),
    unix('datagram', `@${mark}-datagram`),
    unix('sendto', `@${mark}-sendto`),
    tcp('tcp', '127.0.0.1'),
    tcp('tcp6', '[::1]'),
  ];
}

const words = (all: readonly Crossing[]) => all.flatMap(({ kind, name }) => [kind, name]);
/** What a server opens for them: it answers a send and a connection alike. */
const served = (all: readonly Crossing[]) => words(all).map((word) => (word === 'sendto' ? 'datagram' : word));
const said = (ran: Ran, { kind, name }: Crossing) =>
  ran.out.match(new RegExp(`^${kind} ${name.replace(/[[\]]/g, '\\$&')}: (.*)$`, 'm'))?.[1];
const rowsOf = (ran: Ran, { op, object }: Crossing) =>
  ran.rows.filter((row) => row.vm === 'b' && row.op === op && row.object === object);

const program = (peer: string, ...rest: string[]) => `[${[peer, ...rest].map((word) => `'${word}'`).join(', ')}]`;

/** Numbers that no other test of this file uses, nor the machine's own range. */
const mark = `shuttle-${process.pid}`;
const port = 20_000 + (process.pid % 5_000);

interface Where {
  where: string;
  owner: string;
  port: number;
  folder: (lab: Lab) => string;
}

const PLACES: readonly Where[] = [
  { where: 'another VM', owner: 'a', port, folder: () => '/tmp' },
  { where: 'the host', owner: 'host', port: port + 1, folder: (lab) => lab.outside },
];

const CASES = PEOPLE.flatMap((who) => PLACES.map((place) => ({ ...place, who, as: who.name })));

describe.each(CASES)('to $where, as $as', ({ who, owner, port, folder }) => {
  let lab: Lab;
  let all: Crossing[];
  let peer: string;
  let host: Server | null = null;
  const runs = { bare: null as Ran | null, learnt: null as Ran | null, ruled: null as Ran | null };

  beforeAll(async () => {
    lab = new Lab(who);
    peer = lab.build('peer');
    all = crossings(folder(lab), `${mark}-${owner}`, port);
    const server = `  a:\n    program: ${program(peer, 'serve', ...served(all))}\n    ready: tcp.serve [::1]:${port}\n`;
    const inVm = owner === 'a';
    lab.system(
      `shuttle: 1\nsystem: lab\nmain: b\nvms:\n${inVm ? server : ''}  b:\n    program: ${program(peer, ...words(all))}\n${inVm ? '    after: [a]\n' : ''}`,
    );
    if (!inVm) host = await serveOnHost(peer, served(all), who.uid);
    runs.bare = lab.shuttle('run');
    runs.learnt = lab.shuttle('learn');
    runs.ruled = lab.shuttle('run');
  });
  afterAll(() => {
    host?.end();
    lab.end();
  });

  // Their number is known before the names are.
  const INDEXES = crossings('', '', 0).map((one, index) => ({ index, what: `${one.kind} ${one.name[0]}` }));

  test.each(INDEXES)('$what is blocked by default', ({ index }) => {
    const one = all[index] as Crossing;
    expect(said(runs.bare as Ran, one)).toBe(one.refused);
    expect(rowsOf(runs.bare as Ran, one)).toEqual([
      expect.objectContaining({
        peer: owner,
        peer_image: peer,
        verdict: 'blocked',
        status: STATUS[one.refused],
        rule: null,
        source: 'engine',
      }),
    ]);
  });

  test.each(INDEXES)('$what is carried and recorded while learning', ({ index }) => {
    const one = all[index] as Crossing;
    expect(said(runs.learnt as Ran, one)).toBe(one.works);
    expect(rowsOf(runs.learnt as Ran, one)).toEqual([
      expect.objectContaining({
        peer: owner,
        peer_image: peer,
        verdict: 'shuttled',
        status: 0,
        rule: null,
        source: 'engine',
      }),
    ]);
  });

  test.each(INDEXES)('$what is carried under the rule that was found', ({ index }) => {
    const one = all[index] as Crossing;
    expect(said(runs.ruled as Ran, one)).toBe(one.works);
    expect(rowsOf(runs.ruled as Ran, one)).toEqual([
      expect.objectContaining({ peer: owner, verdict: 'shuttled', status: 0, rule: expect.any(String) }),
    ]);
  });

  test('what is sent arrives', async () => {
    const heard = (ran: Ran | null) => (owner === 'a' ? ran?.err : host?.said()) ?? '';
    for (const { kind, name } of all)
      for (const ran of [runs.learnt, runs.ruled])
        await until(
          () => heard(ran).includes(`heard ${kind === 'sendto' ? 'datagram' : kind} ${name}`),
          `${kind} ${name}`,
        );
    if (owner === 'a') expect(heard(runs.bare)).not.toContain('heard');
  });

  test('each is blocked with its rule removed, and only it', () => {
    // Folders stand there as what they are to this user: {temp}, {home}, /srv/u{uid}.
    const shape = (pattern: unknown) =>
      String(pattern)
        .replace(/[[\].]/g, '\\$&')
        .replace(/\{\w+\}/g, '.+');
    const says = (rule: Record<string, unknown>, { op, object }: Crossing) =>
      op === rule.allow && new RegExp(`^${shape(rule.object)}$`).test(object);
    const isOdd = (rule: Record<string, unknown>) => all.findIndex((one) => says(rule, one)) % 2 === 1;
    lab.without(isOdd);
    const odd = lab.shuttle('run');
    lab.without((rule) => !isOdd(rule));
    const none = lab.shuttle('run');
    all.forEach((one, index) => {
      const blocked = index % 2 === 1;
      expect([one.name, said(odd, one)]).toEqual([one.name, blocked ? one.refused : one.works]);
      expect([one.name, said(none, one)]).toEqual([one.name, one.refused]);
      expect(rowsOf(odd, one)).toEqual([
        expect.objectContaining({ peer: owner, verdict: blocked ? 'blocked' : 'shuttled' }),
      ]);
      expect(rowsOf(none, one)).toEqual([expect.objectContaining({ peer: owner, verdict: 'blocked' })]);
    });
  });
});

describe.each(PEOPLE)('inside one VM, as $name', (who) => {
  let lab: Lab;
  afterAll(() => lab.end());

  test('every kind passes, learning and enforcing, and needs no rule', () => {
    lab = new Lab(who);
    const peer = lab.build('peer');
    const all = crossings('/tmp', mark, port + 2).filter((one) => one.kind !== 'sendto');
    lab.system(
      `shuttle: 1\nsystem: lab\nmain: b\nvms:\n  b:\n    program: ${program(peer, 'inside', ...words(all))}\n`,
    );
    for (const verb of ['learn', 'run']) {
      const ran = lab.shuttle(verb);
      for (const one of all) {
        expect([verb, one.name, said(ran, one)]).toEqual([verb, one.name, one.works]);
        expect(rowsOf(ran, one)).toEqual([
          expect.objectContaining({ peer: 'b', verdict: 'passed', rule: null, source: 'seen' }),
        ]);
      }
    }
  });
});

describe.each(PEOPLE)('inside one VM that holds a socket of the host, as $name', (who) => {
  let lab: Lab;
  let host: Server | null = null;
  afterAll(() => {
    host?.end();
    lab.end();
  });

  test('every kind still passes, done by the engine', async () => {
    lab = new Lab(who);
    const peer = lab.build('peer');
    const outside = String(port + 3);
    host = await serveOnHost(peer, ['tcp', outside], who.uid);
    const all = crossings('/tmp', mark, port + 4).filter((one) => one.kind !== 'sendto');
    const rule = `{ id: r, allow: tcp.connect, from: b, to: host, object: '127.0.0.1:${outside}', state: accepted, needed: seen }`;
    lab.system(
      `shuttle: 1\nsystem: lab\nmain: b\nvms:\n  b:\n    program: ${program(peer, 'after', outside, ...words(all))}\nrules:\n  - ${rule}\n`,
    );
    const ran = lab.shuttle('run');
    for (const one of all) expect([one.name, said(ran, one)]).toEqual([one.name, one.works]);
  });
});

// Only root can run the VM of somebody else.
describe.runIf(process.getuid?.() === 0)('where root runs the VM of another user', () => {
  const lab = new Lab({ name: 'root', uid: null });
  let host: Server | null = null;
  afterAll(() => {
    host?.end();
    lab.end();
  });

  test('the host’s sockets are there that this user may write to, and no others', async () => {
    const peer = lab.build('peer');
    const names = ['open', 'shut'].flatMap((name) => ['stream', `${lab.outside}/${name}`]);
    host = await serveOnHost(peer, names, null);
    chmodSync(`${lab.outside}/open`, 0o666);
    chmodSync(`${lab.outside}/shut`, 0o600);
    lab.system(
      `shuttle: 1\nsystem: lab\nmain: b\nvms:\n  b:\n    program: ${program(peer, ...names)}\n    user: nobody\n`,
    );
    const { out } = lab.shuttle('learn');
    expect(out).toBe(`stream ${lab.outside}/open: pong\nstream ${lab.outside}/shut: ENOENT\n`);
  });
});

interface Server {
  said(): string;
  end(): void;
}

/** The same server on the host; resolves when it answers at every name. */
async function serveOnHost(peer: string, names: readonly string[], uid: number | null): Promise<Server> {
  const server = spawn(peer, ['serve', ...names], {
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(uid === null ? {} : { uid, gid: uid }),
  });
  let text = '';
  server.stderr.on('data', (chunk) => {
    text += chunk;
  });
  await once(server.stderr, 'data');
  if (!text.includes('serving')) throw new Error(`the host's server: ${text}`);
  return { said: () => text, end: () => server.kill('SIGKILL') };
}
