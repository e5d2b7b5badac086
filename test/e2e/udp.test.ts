// Datagrams across the wall, each four ways: blocked by default, carried and recorded while learning, carried under the
// rule that the recording proposes, blocked again without it.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CompiledRule } from '../../native/contract/rules.js';
import { allow, type Outcome, type Row, runVms, type VmProgram } from './engine_vm.js';

const node = (script: string) => [process.execPath, '-e', script];
const kind = (host: string) => (host.includes(':') ? 'udp6' : 'udp4');
const at = (host: string, port: number) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);

/** Answers each datagram with its bytes in capitals. */
const server = (host: string, port: number): VmProgram => ({
  name: 'db',
  ready: 'udp.serve',
  program: node(`const s = require('dgram').createSocket('${kind(host)}');
    s.on('message', (m, from) => s.send(m.toString().toUpperCase(), from.port, from.address)); s.bind(${port}, '${host}');`),
});

/** Sends, prints what comes back and from where, or `nothing` after a while: a short one where nothing may come. */
function client(host: string, port: number, connected: boolean, patience = 30_000): VmProgram {
  const send = connected
    ? `s.connect(${port}, '${host}', () => s.send('hello'));`
    : `s.send('hello', ${port}, '${host}');`;
  return {
    name: 'app',
    payload: 'head',
    program:
      node(`const s = require('dgram').createSocket('${kind(host)}'); const end = (text) => { console.log(text); process.exit(0); };
      s.on('message', (m, from) => end(m + ' from ' + from.address + ' ' + from.port)); s.on('error', (e) => end(e.code));
      ${send} setTimeout(() => end('nothing'), ${patience});`),
  };
}

const sends = (outcome: Outcome): Row[] => outcome.rows.filter((row) => row.op === 'udp.send' && row.vm === 'app');
const proposed = (rows: Row[]): CompiledRule[] => rows.map((row) => allow(row.op, row.vm, row.peer!, row.object));

describe.each([
  ['127.0.0.1', 5544, false],
  ['127.0.0.1', 5545, true],
  ['::1', 5546, false],
  ['::1', 5547, true],
] as const)('%s port %i, connected: %s, served by another VM', (host, port, connected) => {
  const vms = [server(host, port), client(host, port, connected)];
  const refused = [server(host, port), client(host, port, connected, 500)];
  const object = at(host, port);
  const answer = `HELLO from ${host} ${port}\n`;
  let learnt: Outcome;

  test('blocked by default', async () => {
    const outcome = await runVms(refused, { mode: 'enforce' });
    expect(outcome.output.app).toMatch(/nothing|ECONNREFUSED/);
    expect(sends(outcome)).toMatchObject([{ object, peer: 'db', verdict: 'blocked', rule: null }]);
  });

  test('carried and recorded while learning', async () => {
    learnt = await runVms(vms, { mode: 'allow' });
    expect(learnt.output.app).toBe(answer);
    expect(sends(learnt)).toMatchObject([
      {
        object,
        peer: 'db',
        peer_image: process.execPath,
        image: process.execPath,
        verdict: 'shuttled',
        status: 0,
        rule: null,
        source: 'engine',
      },
    ]);
    expect(learnt.payloads).toMatchObject([
      { direction: 0, size: 5, bytes: 'hello' },
      { direction: 1, size: 5, bytes: 'HELLO' },
    ]);
    expect(learnt.payloads[0]!.channel).toBe(sends(learnt)[0]!.channel);
  });

  test('recorded as blocked while learning by denying', async () => {
    const outcome = await runVms(refused, { mode: 'deny' });
    expect(outcome.output.app).not.toBe(answer);
    expect(sends(outcome)).toMatchObject([{ object, peer: 'db', verdict: 'blocked' }]);
  });

  test('carried under the rule', async () => {
    const rules = proposed(sends(learnt));
    const outcome = await runVms(vms, { mode: 'enforce', rules });
    expect(outcome.output.app).toBe(answer);
    expect(sends(outcome)).toMatchObject([{ object, peer: 'db', verdict: 'shuttled', rule: rules[0]!.id }]);
  });

  test('blocked by a refusal, also while learning', async () => {
    const rules = proposed(sends(learnt)).map((rule) => ({ ...rule, allow: false }));
    const outcome = await runVms(refused, { mode: 'allow', rules });
    expect(outcome.output.app).not.toBe(answer);
    expect(sends(outcome)).toMatchObject([{ verdict: 'blocked', rule: rules[0]!.id }]);
  });
});

describe('served by the host', () => {
  const host = createSocket('udp4');
  let port = 0;
  beforeAll(async () => {
    host.on('message', (message, from) => host.send(message.toString().toUpperCase(), from.port, from.address));
    host.bind(0, '127.0.0.1');
    await once(host, 'listening');
    port = host.address().port;
  });
  afterAll(() => host.close());

  test('carried only where learning or a rule says so', async () => {
    const vms = [client('127.0.0.1', port, false)];
    const object = `127.0.0.1:${port}`;
    const learnt = await runVms(vms, { mode: 'allow' });
    expect(learnt.output.app).toBe(`HELLO from 127.0.0.1 ${port}\n`);
    expect(sends(learnt)).toMatchObject([{ object, peer: 'host', peer_image: process.execPath, verdict: 'shuttled' }]);
    expect((await runVms(vms, { mode: 'enforce', rules: proposed(sends(learnt)) })).output.app).toContain('HELLO');
    const blocked = await runVms([client('127.0.0.1', port, false, 500)], { mode: 'enforce' });
    expect(blocked.output.app).toBe('nothing\n');
    expect(sends(blocked)).toMatchObject([{ object, peer: 'host', verdict: 'blocked' }]);
  });
});

test('a destination on the network that no rule names is blocked untried', async () => {
  const outcome = await runVms([client('192.0.2.1', 9, false, 500)], { mode: 'enforce' });
  expect(sends(outcome)).toMatchObject([{ object: '192.0.2.1:9', peer: 'net', verdict: 'blocked' }]);
});

test('a destination that nobody serves is absent', async () => {
  const outcome = await runVms([client('127.0.0.1', 5999, true)], { mode: 'allow' });
  expect(outcome.output.app).toBe('ECONNREFUSED\n');
  expect(sends(outcome)).toMatchObject([{ object: '127.0.0.1:5999', peer: null, verdict: 'absent' }]);
});

test('what stays in the VM passes unchanged', async () => {
  const script = `const d = require('dgram'); const s = d.createSocket('udp4'), c = d.createSocket('udp4');
    s.on('message', (m, from) => s.send(m + '!', from.port, from.address)); c.on('message', (m) => { console.log(String(m)); process.exit(0); });
    s.bind(5550, '127.0.0.1', () => c.send('in', 5550, '127.0.0.1'));`;
  const outcome = await runVms([{ name: 'app', program: node(script) }], { mode: 'enforce' });
  expect(outcome.output.app).toBe('in!\n');
  expect(sends(outcome)[0]).toMatchObject({ object: '127.0.0.1:5550', peer: 'app', verdict: 'passed', source: 'seen' });
});

test('one socket speaks to several, each ruled by itself', async () => {
  const script = `const s = require('dgram').createSocket('udp4'); const got = [];
    s.on('message', (m, from) => { if (got.push(from.port) === 2) setTimeout(() => { console.log(got.sort().join()); process.exit(0); }, 400); }); for (const port of [5551, 5552, 5551]) s.send('x', port, '127.0.0.1');
    setTimeout(() => process.exit(3), 30000);`;
  const vms = [
    server('127.0.0.1', 5551),
    { ...server('127.0.0.1', 5552), name: 'db2' },
    { name: 'app', program: node(script) },
  ];
  const outcome = await runVms(vms, { mode: 'enforce', rules: [allow('udp.send', 'app', 'db', '127.0.0.1:5551')] });
  expect(outcome.output.app).toBe('5551,5551\n');
  expect(sends(outcome).map((row) => [row.peer, row.verdict])).toEqual([
    ['db', 'shuttled'],
    ['db2', 'blocked'],
  ]);
});

test('several destinations in one call', async () => {
  // sendmmsg with two named messages, then whatever answers.
  const script = `use Socket; socket(my $s, PF_INET, SOCK_DGRAM, 0) or die; my @keep; my $mm = '';
    for my $port (5553, 5554) { push @keep, scalar sockaddr_in($port, inet_aton('127.0.0.1')), "m$port"; push @keep, pack('PQ', $keep[-1], 5);
      $mm .= pack('PL x4 PQQQl x4 L x4', $keep[-3], 16, $keep[-1], 1, 0, 0, 0, 0); }
    print syscall(307, fileno($s), $mm, 2, 0), "\\n"; my %got;
    for (1..2) { my $r = ''; vec($r, fileno($s), 1) = 1; last unless select($r, undef, undef, 30); recv($s, my $b, 99, 0); $got{$b}++; }
    print join(',', sort keys %got), "\\n";`;
  const vms = [
    server('127.0.0.1', 5553),
    { ...server('127.0.0.1', 5554), name: 'db2' },
    { name: 'app', program: ['perl', '-e', script] },
  ];
  const outcome = await runVms(vms, { mode: 'allow' });
  expect(outcome.output.app).toBe('2\nM5553,M5554\n');
  expect(sends(outcome).map((row) => [row.object, row.peer])).toEqual([
    ['127.0.0.1:5553', 'db'],
    ['127.0.0.1:5554', 'db2'],
  ]);
});

test('a program bound to every address sends from the port it sends to', async () => {
  const script = `const s = require('dgram').createSocket('udp4'); s.on('message', (m, from) => { console.log(m + ' ' + from.address); process.exit(0); });
    s.bind(5555, '0.0.0.0', () => s.send('peer', 5555, '127.0.0.1')); setTimeout(() => process.exit(3), 30000);`;
  const outcome = await runVms([{ name: 'app', program: node(script) }], { mode: 'allow' });
  expect(outcome.output.app).toBe('peer 127.0.0.1\n'); // the wildcard is its own machine's, so it hears itself
});

test('a rule publishes a server to the host', async () => {
  const object = '127.0.0.1:5561';
  const answers: string[] = [];
  const probe = createSocket('udp4');
  probe.on('message', (message, from) => answers.push(`${message} from ${from.port}`));
  const stay: VmProgram = { name: 'app', program: node('setInterval(() => {}, 1000)') };
  const during = () => {
    const timer = setInterval(() => probe.send('hello', 5561, '127.0.0.1', () => {}), 50);
    probe.once('message', () => clearInterval(timer));
    probe.on('close', () => clearInterval(timer));
  };
  const vms = [server('127.0.0.1', 5561), stay];
  const rules = [allow('udp.serve', 'db', 'host', object)];
  const answered = once(probe, 'message').then(() => {});
  const outcome = await runVms(vms, { mode: 'enforce', rules, during, until: answered });
  expect(answers[0]).toBe('HELLO from 5561');
  expect(outcome.rows).toContainEqual(
    expect.objectContaining({ op: 'udp.serve', object, peer: 'host', verdict: 'shuttled' }),
  );
  expect(sends({ ...outcome, rows: outcome.rows.filter((row) => row.op === 'udp.send') })).toEqual([]);
  answers.length = 0;
  const aWhile = new Promise<void>((resolve) => setTimeout(resolve, 1500));
  await runVms(vms, { mode: 'enforce', during, until: aWhile });
  expect(answers).toEqual([]);
  probe.close();
});

test('datagrams and names go on where sockets of other networks may be inside', async () => {
  // Joined by a unix socket that can bring descriptors in: from then on the engine sends from its own copies.
  const db = server('127.0.0.1', 5562);
  const meet: VmProgram = {
    name: 'meet',
    ready: 'unix.serve',
    program: node(`require('net').createServer((s) => s.end()).listen('\\0shuttle-udp-test')`),
  };
  const script = `const c = require('net').connect('\\0shuttle-udp-test'); c.on('error', (e) => console.log(e.code)); c.on('close', () => {
    const s = require('dgram').createSocket('udp4'); s.on('message', (m) => { console.log(String(m)); process.exit(0); });
    s.send('first', 5562, '127.0.0.1'); setTimeout(() => process.exit(3), 30000); }); c.resume();`;
  const outcome = await runVms([db, meet, { name: 'app', program: node(script) }], { mode: 'allow' });
  expect(outcome.output.app).toBe('FIRST\n');
});

test('a program with more sockets than the engine keeps sessions for is served all the same', async () => {
  const script = `const d = require('dgram'); let i = 0, late; const next = () => { clearTimeout(late);
    late = setTimeout(() => { console.log('stopped at', i); process.exit(3); }, 30000); if (i++ === 600) { console.log('all'); process.exit(0); }
    const s = d.createSocket('udp4'); s.on('message', () => { s.close(); next(); }); s.send('x', 5563, '127.0.0.1'); }; next();`;
  const outcome = await runVms([server('127.0.0.1', 5563), { name: 'app', program: node(script) }], { mode: 'allow' });
  expect(outcome.output.app).toBe('all\n');
  const sent = outcome.rows.filter((row) => row.vm === 'app' && row.op === 'udp.send' && row.verdict === 'shuttled');
  // The kernel draws the ports: one that comes again while its session stands goes on with it.
  expect(sent.length).toBeGreaterThan(570);
  expect(sent.length).toBeLessThanOrEqual(600);
});

test('a program that no rule names gets nothing through what stands open for another', async () => {
  const db: VmProgram = {
    name: 'db',
    ready: 'udp.serve',
    program: node(`const s = require('dgram').createSocket('udp4');
      s.on('message', (m, from) => { console.log(String(m)); s.send('ok', from.port, from.address); }); s.bind(5564, '127.0.0.1');`),
  };
  // node has a session; perl, from a socket of its own, sends to the same address while it stands.
  const other = `use Socket; socket(my $s, PF_INET, SOCK_DGRAM, 0); for (1..50) { send($s, 'perl', 0, sockaddr_in(5564, inet_aton('127.0.0.1'))); }`;
  const script = `const s = require('dgram').createSocket('udp4'); let n = 0; s.on('message', () => {
      if (n++ === 0) require('child_process').execFileSync('/usr/bin/perl', ['-e', process.argv[1]]);
      if (n > 3) process.exit(0); s.send('node', 5564, '127.0.0.1'); }); s.send('node', 5564, '127.0.0.1');`;
  const vms = [db, { name: 'app', program: [process.execPath, '-e', script, other] }];
  const image = process.execPath.slice(process.execPath.lastIndexOf('/') + 1);
  const rules = [allow('udp.send', 'app', 'db', '127.0.0.1:5564', { fromImage: image })];
  const outcome = await runVms(vms, { mode: 'enforce', rules });
  expect(outcome.codes.app).toBe(0);
  expect(outcome.output.db).toBe('node\n'.repeat(4));
  expect(sends(outcome).map((row) => row.verdict)).toEqual(['shuttled', 'blocked']);
});

test('VMs of two engines that meet', async () => {
  const meeting = mkdtempSync(join(tmpdir(), 'shuttle-meet-'));
  let isUp = () => {};
  const up = new Promise<void>((resolve) => {
    isUp = resolve;
  });
  let isOver = () => {};
  const until = new Promise<void>((resolve) => {
    isOver = resolve;
  });
  const stay: VmProgram = { name: 'stay', program: node('setInterval(() => {}, 1000)') };
  const first = runVms([server('127.0.0.1', 5565), stay], { mode: 'enforce', meeting, during: () => isUp(), until });
  await up;
  const rules = [allow('udp.send', 'app', 'db', '127.0.0.1:5565')];
  const second = await runVms([client('127.0.0.1', 5565, true)], { mode: 'enforce', meeting, rules }).finally(isOver);
  expect(second.output.app).toBe('HELLO from 127.0.0.1 5565\n');
  expect(sends(second)).toMatchObject([{ peer: 'db', verdict: 'shuttled' }]);
  await first;
  rmSync(meeting, { recursive: true, force: true });
});
