// The real proxy before a bus of our own.
import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CompiledRule } from '../../../native/contract/rules.js';
import type { Op } from '../../../native/contract/words.js';
import { type BusRequest, busRules, openBuses } from '../../../tracer/dbus/buses.js';
import type { BusRow } from '../../../tracer/dbus/rows.js';
import { missingTools, type PrivateBus, startBus, startService } from '../../dbus_service.js';

const run = promisify(execFile);

const rule = (op: Op, object: string): CompiledRule => ({
  ...busRules('app')[0]!,
  id: 'r',
  ops: [op],
  object: [object],
});

async function withBuses(
  mode: BusRequest['mode'],
  rules: CompiledRule[],
  use: (send: (...args: string[]) => Promise<string>, socket: string) => Promise<void>,
) {
  const rows: BusRow[] = [];
  const user = { uid: process.getuid!(), gid: process.getgid!() };
  const { address, folder } = bus;
  const buses = await openBuses({
    vm: 'app',
    mode,
    rules,
    user,
    folder,
    addresses: { session: address, system: null },
    onRow: (row) => rows.push(row),
  });
  const socket = buses.zones[0]?.from;
  const send = async (...args: string[]) => {
    const done = await run('dbus-send', [
      `--bus=unix:path=${socket}`,
      '--print-reply',
      '--reply-timeout=2000',
      ...args,
    ]).catch((error) => error);
    return `${done.stdout}${done.stderr}`;
  };
  try {
    if (socket) await use(send, socket);
  } finally {
    await buses.close();
  }
  return { rows, buses };
}

const toBus = ['--dest=org.freedesktop.DBus', '/org/freedesktop/DBus'];
const own = (name: string) => [...toBus, 'org.freedesktop.DBus.RequestName', `string:${name}`, 'uint32:0'];
const ping = (name: string) => [`--dest=${name}`, '/x', 'org.freedesktop.DBus.Peer.Ping'];
const pinged = 'session:com.example.Server /x org.freedesktop.DBus.Peer.Ping';

let bus: PrivateBus;

describe.skipIf(missingTools.length > 0)(`the proxy (needs ${missingTools.join(', ') || 'nothing more'})`, () => {
  let service: { close(): void };
  beforeAll(async () => {
    bus = await startBus();
    service = await startService(bus, ['com.example.Server', 'org.freedesktop.secrets']);
  });
  afterAll(() => {
    service.close();
    bus.close();
  });

  test('learning carries what is not protected and records it', async () => {
    const { rows } = await withBuses('allow', [], async (send) => {
      expect(await send(...ping('com.example.Server'))).toContain('method return');
      expect(await send(...own('com.example.App'))).toContain('uint32 1');
      expect(await send(...ping('org.freedesktop.secrets'))).toContain('Error');
      expect(await send(...ping('com.example.Nobody'))).toContain('Error');
    });
    expect(rows).toContainEqual(
      expect.objectContaining({ op: 'dbus.call', object: pinged, peer: 'host', verdict: 'shuttled', status: 0 }),
    );
    expect(rows).toContainEqual(
      expect.objectContaining({ op: 'dbus.own', object: 'session:com.example.App', verdict: 'shuttled' }),
    );
    expect(rows).toContainEqual(
      expect.objectContaining({
        object: 'session:org.freedesktop.secrets /x org.freedesktop.DBus.Peer.Ping',
        verdict: 'blocked',
      }),
    );
    expect(rows).toContainEqual(
      expect.objectContaining({
        object: 'session:com.example.Nobody /x org.freedesktop.DBus.Peer.Ping',
        verdict: 'absent',
      }),
    );
  });

  test('a name that nobody knew of is there for who asks again', async () => {
    const { rows } = await withBuses('allow', [], async (send) => {
      expect(await send(...own('se.unheard.Of'))).toContain('Error');
      await expect.poll(() => send(...own('se.unheard.Of'))).toContain('uint32 1');
      const late = await startService(bus, ['se.late.Comer']);
      await expect.poll(() => send(...ping('se.late.Comer'))).toContain('method return');
      late.close();
    });
    const about = rows.filter((row) => row.object === 'session:se.unheard.Of').map((row) => row.verdict);
    expect(about[0]).toBe('blocked');
    expect(about).toContain('shuttled');
  });

  test('learning by denying carries nothing and records it', async () => {
    const { rows } = await withBuses('deny', [], async (send) => {
      expect(await send(...ping('com.example.Server'))).toContain('Error');
      expect(await send(...own('com.example.App'))).toContain('Error');
    });
    expect(rows).toContainEqual(expect.objectContaining({ object: pinged, verdict: 'blocked' }));
    expect(rows).toContainEqual(
      expect.objectContaining({ op: 'dbus.own', object: 'session:com.example.App', verdict: 'blocked' }),
    );
  });

  test('under rules what they name is carried, and nothing beside it', async () => {
    const rules = [rule('dbus.call', pinged), rule('dbus.own', 'session:com.example.App')];
    const { rows } = await withBuses('enforce', rules, async (send) => {
      expect(await send(...ping('com.example.Server'))).toContain('method return');
      expect(await send('--dest=com.example.Server', '/y', 'org.freedesktop.DBus.Peer.Ping')).toContain('Error');
      expect(await send('--dest=com.example.Server', '/x', 'org.freedesktop.DBus.Peer.GetMachineId')).toContain(
        'Error',
      );
      expect(await send(...own('com.example.App'))).toContain('uint32 1');
      expect(await send(...own('com.example.Other'))).toContain('Error');
    });
    expect(rows.filter((row) => row.verdict === 'shuttled').map((row) => row.object)).toEqual([
      pinged,
      'session:com.example.App',
    ]);
    expect(rows.filter((row) => row.verdict === 'blocked')).toHaveLength(3);
  });

  test('signals come in only from names that rules let listen to', async () => {
    const listen = rule('dbus.listen', 'session:com.example.Server /x com.example.Server.Rang');
    const ring = rule('dbus.call', 'session:com.example.Server /x com.example.Server.Ring');
    const monitor = async (socket: string) => {
      const heard = spawn('gdbus', ['monitor', '--address', `unix:path=${socket}`, '--dest', 'com.example.Server'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      let text = '';
      heard.stdout.on('data', (bytes) => (text += bytes));
      // It takes a while until the monitor listens.
      while (!text.includes('Rang')) {
        await run('dbus-send', [
          `--bus=unix:path=${socket}`,
          '--print-reply',
          '--dest=com.example.Server',
          '/x',
          'com.example.Server.Ring',
        ]);
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
      heard.kill();
      return text;
    };
    const heard: string[] = [];
    const { rows } = await withBuses(
      'enforce',
      [listen, ring],
      async (_, socket) => void heard.push(await monitor(socket)),
    );
    expect(heard[0]).toContain('com.example.Server.Rang');
    const listened = rows.filter((row) => row.op === 'dbus.listen');
    expect(listened.length).toBeGreaterThan(0);
    for (const row of listened)
      expect(row).toEqual({
        op: 'dbus.listen',
        object: 'session:com.example.Server /x com.example.Server.Rang',
        peer: 'host',
        verdict: 'shuttled',
        status: 0,
        vm: 'app',
        source: 'engine',
        rule: null,
      });
  });

  test('without a rule that speaks of a bus there is none', async () => {
    const { rows, buses } = await withBuses('enforce', [], async () => {});
    expect(rows).toEqual([]);
    expect(buses.env).toEqual({});
    expect(buses.zones).toEqual([]);
  });
});
