// Programs in a VM on a bus outside it, four ways.
import { chmodSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CompiledRule } from '../../native/contract/rules.js';
import type { Mode } from '../../native/contract/vm.js';
import { type BusRequest, busRules, openBuses } from '../../tracer/dbus/buses.js';
import { missingTools, type PrivateBus, startBus, startService } from '../dbus_service.js';
import { allow, type Outcome, runVms, USER } from './engine_vm.js';

const send = (name: string, member: string, ...args: string[]) =>
  `dbus-send --BUS --print-reply --reply-timeout=60000 --dest=${name} /x ${member} ${args.join(' ')} 2>&1`;
const ping = send('com.example.Server', 'com.example.Server.Ping');
const secret = send('org.freedesktop.secrets', 'org.freedesktop.Secret.Service.OpenSession');
const pinged = 'BUS:com.example.Server /x com.example.Server.Ping';

describe.skipIf(missingTools.length > 0).each(['session', 'system'] as const)(
  `a program on the %s bus${missingTools.length > 0 ? ` (missing: ${missingTools.join(', ')})` : ''}`,
  (which) => {
    let bus: PrivateBus;
    let service: { close(): void };
    beforeAll(async () => {
      bus = await startBus();
      chmodSync(bus.folder, 0o755);
      service = await startService(bus, ['com.example.Server', 'org.freedesktop.secrets']);
    });
    afterAll(() => {
      service.close();
      bus.close();
    });

    async function run(mode: Mode, rules: CompiledRule[], script: string): Promise<Outcome & { bus: object[] }> {
      const seen: object[] = [];
      const onRow: BusRequest['onRow'] = (row) => seen.push(row);
      const addresses = { session: null, system: null, [which]: bus.address };
      const buses = await openBuses({ vm: 'app', mode, rules, user: USER, folder: bus.folder, addresses, onRow });
      const program = ['/bin/sh', '-c', script.replaceAll('BUS', which)];
      const vm = { name: 'app', program, env: buses.env, extra: { steps: buses.steps, zones: buses.zones } };
      const outcome = await runVms([vm], { mode, rules: [...rules, ...busRules('app')] });
      await buses.close();
      return { ...outcome, bus: seen };
    }

    test('blocked by default: there is no bus', async () => {
      const outcome = await run('enforce', [], ping);
      expect(outcome.output.app).toMatch(/Failed to open connection/);
      expect(outcome.bus).toEqual([]);
    });

    test('carried and recorded while learning, but for the protected set', async () => {
      const outcome = await run('allow', [], `${ping}; ${secret}`);
      expect(outcome.output.app).toMatch(/method return(.|\n)*Error/);
      const object = pinged.replace('BUS', which);
      expect(outcome.bus).toContainEqual(
        expect.objectContaining({ op: 'dbus.call', object, peer: 'host', verdict: 'shuttled', vm: 'app' }),
      );
      expect(outcome.bus).toContainEqual(
        expect.objectContaining({ op: 'dbus.call', verdict: 'blocked', peer: 'host' }),
      );
      const joined = outcome.rows.filter((row) => row.op === 'unix.connect');
      expect(joined.every((row) => row.rule === `shuttle:${which}-bus` && row.verdict === 'shuttled')).toBe(true);
    });

    test('carried under the rule, and nothing beside it', async () => {
      const rules = [allow('dbus.call', 'app', 'host', pinged.replace('BUS', which))];
      const outcome = await run('enforce', rules, `${ping}; ${send('com.example.Server', 'com.example.Server.Other')}`);
      expect(outcome.output.app).toMatch(/method return(.|\n)*Error/);
      expect(outcome.bus).toMatchObject([{ verdict: 'shuttled' }, { verdict: 'blocked' }]);
    });

    test('blocked with the rule refused, also while learning', async () => {
      const rules = [allow('dbus.call', 'app', 'host', pinged.replace('BUS', which), { allow: false })];
      const outcome = await run('allow', rules, ping);
      expect(outcome.output.app).toContain('Error');
      expect(outcome.bus).toMatchObject([{ verdict: 'blocked' }]);
    });
  },
);
