// Names asked for inside a VM, answered by the engine from a name server that the test itself is. No other is asked.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { message, name, question, record, u16 } from '../dns_bytes.js';
import { allow, type Outcome, type Row, runVms, type VmProgram } from './engine_vm.js';

const folder = mkdtempSync(join(tmpdir(), 'shuttle-dns-'));
const resolvConf = join(folder, 'resolv.conf');
const asked: string[] = [];
const TYPES: Record<number, string> = { 1: 'A', 28: 'AAAA', 33: 'SRV' };
let udp: Socket;
let tcp: Server;

/** db.test.example is at 127.0.0.7, big.test.example has too many addresses for a datagram, all else is nowhere. */
function answer(query: Buffer, byStream: boolean): Buffer {
  const labels: string[] = [];
  let at = 12;
  while (query[at]) {
    labels.push(query.toString('latin1', at + 1, at + 1 + query[at]!));
    at += 1 + query[at]!;
  }
  const host = labels.join('.').toLowerCase();
  const type = query.readUInt16BE(at + 1);
  asked.push(`${host} ${TYPES[type] ?? type}`);
  const parts = { id: query.readUInt16BE(0), flags: 0x8180, questions: [question(labels.join('.'), type)] };
  const self = Buffer.from([0xc0, 12]);
  const address = (last: number) => record(self, 1, 1, 60, Buffer.from([127, 0, 0, last]));
  if (host === '_db._tcp.test.example' && type === 33)
    return message({
      ...parts,
      answers: [record(self, 33, 1, 60, Buffer.concat([u16(1), u16(2), u16(5432), name('db.test.example')]))],
    });
  if (host === 'alias.test.example' && type === 1)
    return message({
      ...parts,
      answers: [
        record(self, 5, 1, 60, name('db.test.example')),
        record('db.test.example', 1, 1, 60, Buffer.from([127, 0, 0, 7])),
      ],
    });
  if (host === 'big.test.example' && type === 1)
    return byStream
      ? message({ ...parts, answers: Array.from({ length: 100 }, (_, i) => address(i + 1)) })
      : message({ ...parts, flags: 0x8380 });
  if (host.endsWith('db.test.example')) return message({ ...parts, answers: type === 1 ? [address(7)] : [] });
  return message({ ...parts, flags: 0x8183 });
}

beforeAll(async () => {
  udp = createSocket('udp4', (query, from) => udp.send(answer(query, false), from.port, from.address));
  udp.bind(0, '127.0.0.1');
  await once(udp, 'listening');
  tcp = createServer((socket) => {
    socket.on('data', (bytes) => {
      const reply = answer(bytes.subarray(2), true);
      socket.end(Buffer.concat([u16(reply.length), reply]));
    });
    socket.on('error', () => {});
  });
  tcp.listen(udp.address().port, '127.0.0.1');
  await once(tcp, 'listening');
  writeFileSync(resolvConf, `nameserver 127.0.0.1:${udp.address().port}\n`);
});

afterAll(() => {
  udp.close();
  tcp.close();
  rmSync(folder, { recursive: true });
});

/** Asks through node's own resolver, at a server that exists nowhere. */
const dig = (server: string, call: string, ...args: string[]): VmProgram => ({
  name: 'app',
  program: [
    process.execPath,
    '-e',
    `const r = new (require('dns').promises.Resolver)({ timeout: 30000, tries: 1 }); r.setServers([${JSON.stringify(server)}]);
    r.${call}(${args.map((arg) => JSON.stringify(arg)).join()}).then((a) => console.log(JSON.stringify(a)), (e) => console.log(e.code));`,
  ],
});
const names = (outcome: Outcome): Row[] => outcome.rows.filter((row) => row.op === 'dns.resolve');
const rule = allow('dns.resolve', 'app', 'net', 'db.test.example');

describe.each(['203.0.113.53', '127.0.0.53', '[2001:db8::53]'])('a name asked for at %s', (server) => {
  const vms = [dig(server, 'resolve4', 'DB.test.example')];

  test('blocked by default: it does not exist, and nobody is asked', async () => {
    asked.length = 0;
    const outcome = await runVms(vms, { mode: 'enforce', resolvConf });
    expect(outcome.output.app).toBe('ENOTFOUND\n');
    expect(names(outcome)).toMatchObject([{ object: 'db.test.example', peer: 'net', verdict: 'blocked', rule: null }]);
    expect(asked).toEqual([]);
  });

  test('carried and recorded while learning', async () => {
    const outcome = await runVms(vms, { mode: 'allow', resolvConf });
    expect(outcome.output.app).toBe('["127.0.0.7"]\n');
    expect(names(outcome)).toMatchObject([
      {
        object: 'db.test.example',
        peer: 'net',
        verdict: 'shuttled',
        status: 0,
        image: process.execPath,
        source: 'engine',
      },
    ]);
    expect(JSON.parse(names(outcome)[0]!.detail!)).toEqual({ type: 'A', addresses: ['127.0.0.7'] });
    expect(names(outcome)[0]!.pid).toBeGreaterThan(0);
    expect(outcome.rows.filter((row) => row.op.startsWith('udp.') && row.object.endsWith(':53'))).toEqual([]);
  });

  test('carried under the rule', async () => {
    const outcome = await runVms(vms, { mode: 'enforce', rules: [rule], resolvConf });
    expect(outcome.output.app).toBe('["127.0.0.7"]\n');
    expect(names(outcome)).toMatchObject([{ verdict: 'shuttled', rule: rule.id }]);
  });

  test('blocked by a refusal, also while learning', async () => {
    const outcome = await runVms(vms, { mode: 'allow', rules: [{ ...rule, allow: false }], resolvConf });
    expect(outcome.output.app).toBe('ENOTFOUND\n');
    expect(names(outcome)).toMatchObject([{ verdict: 'blocked', rule: rule.id }]);
  });
});

const learn = (program: VmProgram) => runVms([program], { mode: 'allow', resolvConf });

test('a name that is nowhere is absent', async () => {
  const outcome = await learn(dig('203.0.113.53', 'resolve4', 'nowhere.test.example'));
  expect(outcome.output.app).toBe('ENOTFOUND\n');
  expect(names(outcome)).toMatchObject([{ object: 'nowhere.test.example', peer: null, verdict: 'absent' }]);
});

test('a name without an address of that kind exists', async () => {
  const outcome = await learn(dig('203.0.113.53', 'resolve6', 'db.test.example'));
  expect(outcome.output.app).toBe('ENODATA\n');
  expect(names(outcome)).toMatchObject([{ verdict: 'shuttled', status: 0, peer: 'net' }]);
});

test('a service is looked up only where it may be', async () => {
  const program = dig('203.0.113.53', 'resolveSrv', '_db._tcp.test.example');
  const outcome = await learn(program);
  expect(JSON.parse(outcome.output.app!)).toMatchObject([
    { name: 'db.test.example', port: 5432, priority: 1, weight: 2 },
  ]);
  expect(names(outcome)).toMatchObject([{ object: '_db._tcp.test.example', verdict: 'shuttled' }]);
  expect((await runVms([program], { mode: 'deny', resolvConf })).output.app).toBe('ENOTFOUND\n');
});

test('an answer too large for a datagram comes by stream', async () => {
  const outcome = await learn(dig('203.0.113.53', 'resolve4', 'big.test.example'));
  expect(JSON.parse(outcome.output.app!)).toHaveLength(100);
  expect(names(outcome).every((row) => row.object === 'big.test.example' && row.verdict === 'shuttled')).toBe(true);
  expect(outcome.rows.filter((row) => row.op === 'tcp.connect')).toEqual([]);
});

test('a server that does not answer is a failure, recorded as one', async () => {
  const dead = join(folder, 'dead.conf');
  writeFileSync(dead, 'nameserver 127.0.0.1:1\n');
  const outcome = await runVms([dig('203.0.113.53', 'resolve4', 'db.test.example')], {
    mode: 'allow',
    resolvConf: dead,
  });
  expect(outcome.output.app).toBe('ESERVFAIL\n');
  expect(names(outcome)[0]).toMatchObject({ verdict: 'shuttled', peer: 'net' });
  expect(names(outcome)[0]!.status).not.toBe(0);
});

test('the C library asks too, and what it is told names the endpoint', async () => {
  const sends = (patience: number): VmProgram => ({
    name: 'app',
    program: [
      process.execPath,
      '-e',
      `const s = require('dgram').createSocket('udp4');
    s.on('message', (m) => { console.log(String(m)); process.exit(0); }); setTimeout(() => process.exit(3), ${patience});
    require('dns').lookup('alias.test.example', 4, (e, a) => { if (e) { console.log(e.code); process.exit(1); } s.send('hi', 5560, a); });`,
    ],
  });
  const program = sends(30_000);
  const db: VmProgram = {
    name: 'db',
    ready: 'udp.serve',
    program: [
      process.execPath,
      '-e',
      `const s = require('dgram').createSocket('udp4');
    s.on('message', (m, from) => s.send('got ' + m, from.port, from.address)); s.bind(5560, '127.0.0.7');`,
    ],
  };
  const learnt = await runVms([db, program], { mode: 'allow', resolvConf });
  expect(learnt.output.app).toBe('got hi\n');
  const sent = learnt.rows.filter((row) => row.vm === 'app' && row.op === 'udp.send');
  expect(sent).toMatchObject([{ object: 'alias.test.example:5560', peer: 'db', verdict: 'shuttled' }]);

  const names = [allow('dns.resolve', 'app', 'net', 'alias.test.example')];
  const byName = await runVms([db, program], {
    mode: 'enforce',
    resolvConf,
    rules: [...names, allow('udp.send', 'app', 'db', 'alias.test.example:5560')],
  });
  expect(byName.output.app).toBe('got hi\n');
  const byAddress = await runVms([db, program], {
    mode: 'enforce',
    resolvConf,
    rules: [...names, allow('udp.send', 'app', 'db', '127.0.0.7:5560')],
  });
  expect(byAddress.output.app).toBe('got hi\n');
  expect(byAddress.rows.find((row) => row.vm === 'app' && row.op === 'udp.send')).toMatchObject({
    object: '127.0.0.7:5560',
  });
  const neither = await runVms([db, sends(500)], { mode: 'enforce', resolvConf, rules: names });
  expect(neither.codes.app).toBe(3);
});

test('a VM that serves names itself is asked natively', async () => {
  const program: VmProgram = {
    name: 'app',
    program: [
      process.execPath,
      '-e',
      `const s = require('dgram').createSocket('udp4');
    s.on('message', (m, from) => s.send('mine', from.port, from.address)); s.bind(53, '127.0.0.1', () => { const c = require('dgram').createSocket('udp4');
    c.on('message', (m) => { console.log(String(m)); process.exit(0); }); c.send('?', 53, '127.0.0.1'); });
    s.on('error', (e) => { console.log(e.code); process.exit(0); });`,
    ],
  };
  const outcome = await learn(program);
  expect(outcome.output.app).toMatch(/mine|EACCES/); // an ordinary user may not serve port 53
  expect(names(outcome)).toEqual([]);
});

test('what is no query is refused, and the engine goes on', async () => {
  const program: VmProgram = {
    name: 'app',
    program: [
      process.execPath,
      '-e',
      `const s = require('dgram').createSocket('udp4'); let n = 0;
    const junk = [Buffer.alloc(0), Buffer.alloc(11), Buffer.from([0, 9, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1]), Buffer.alloc(4000, 0xff)];
    s.on('message', (m) => { console.log(m.readUInt16BE(0), m[3] & 15); process.exit(0); });
    for (const one of junk) s.send(one, 53, '203.0.113.53'); setTimeout(() => process.exit(3), 30000);`,
    ],
  };
  const outcome = await learn(program);
  expect(outcome.output.app).toBe('9 1\n');
  expect(names(outcome)).toEqual([]);
});

test("a name of the hosts file is the host's", async () => {
  const hosts = join(folder, 'hosts');
  writeFileSync(hosts, '127.0.0.9 lab.host.example\n');
  process.env.SHUTTLE_HOSTS = hosts;
  try {
    const program = dig('203.0.113.53', 'resolve4', 'lab.host.example');
    const learnt = await learn(program);
    expect(learnt.output.app).toBe('["127.0.0.9"]\n');
    expect(names(learnt)).toMatchObject([{ object: 'lab.host.example', peer: 'host', verdict: 'shuttled' }]);
    const rules = [allow('dns.resolve', 'app', 'host', 'lab.host.example')];
    expect((await runVms([program], { mode: 'enforce', rules, resolvConf })).output.app).toBe('["127.0.0.9"]\n');
    expect((await runVms([program], { mode: 'enforce', resolvConf })).output.app).toBe('ENOTFOUND\n');
  } finally {
    delete process.env.SHUTTLE_HOSTS;
  }
});

test('a run that ends while names are being looked up ends', async () => {
  const silent = createSocket('udp4');
  silent.bind(0, '127.0.0.1');
  await once(silent, 'listening');
  const conf = join(folder, 'silent.conf');
  writeFileSync(conf, `nameserver 127.0.0.1:${silent.address().port}\n`);
  const program: VmProgram = {
    name: 'app',
    program: [
      process.execPath,
      '-e',
      `for (let i = 0; i < 20; i++) require('dns').resolve4('n' + i + '.test.example', () => {}); setTimeout(() => process.exit(0), 200);`,
    ],
    env: {},
  };
  const outcome = await runVms([program], { mode: 'allow', resolvConf: conf });
  expect(outcome.codes.app).toBe(0);
  silent.close();
});
