// Files of the host, and everything else that only the host has.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, type LabRow, PEOPLE, type Ran } from './lab.js';

const system = (program: string, words: readonly string[]) => `
shuttle: 1
system: lab
main: a
vms:
  a:
    program: [${[program, ...words].map((word) => JSON.stringify(word)).join(', ')}]
`;

const rows = (ran: Ran, op: string, object?: string): LabRow[] =>
  ran.rows.filter((row) => row.op === op && (object === undefined || row.object === object));
const said = (ran: Ran, kind: string, name: string) =>
  ran.out
    .split('\n')
    .find((line) => line.startsWith(`${kind} ${name}: `))
    ?.slice(kind.length + name.length + 3);

describe.each(PEOPLE)('files of the host, as $name', (who) => {
  let lab: Lab;
  let data: string, changed: string, fresh: string, gone: string, listed: string, secret: string;
  let denied: Ran, learnt: Ran, ruled: Ran;
  beforeAll(() => {
    lab = new Lab(who);
    data = lab.put('data.txt', 'of the host\n');
    changed = lab.put('changed.txt', 'as it was\n');
    gone = lab.put('gone.txt', 'still there\n');
    listed = join(lab.outside, 'listed');
    lab.put('listed/one', '1');
    fresh = join(lab.outside, 'fresh.txt');
    secret = lab.put('../home/.ssh/id', 'secret\n');
    const words = [
      'file',
      data,
      'reopen',
      data,
      'folder',
      listed,
      'write',
      changed,
      'create',
      fresh,
      'file',
      fresh,
      'delete',
      gone,
      'file',
      secret,
    ];
    lab.system(system(lab.build('reach'), [...words, 'file', `${lab.outside}/nowhere`]));
    denied = lab.shuttle('learn', '--deny', '-o', join(lab.folder, 'lab', 'denied.shuttle.yaml'));
    learnt = lab.shuttle('learn', '--ephemeral');
    ruled = lab.shuttle('run', '--ephemeral');
  });
  afterAll(() => lab.end());

  test('are blocked by default', () => {
    expect(said(denied, 'file', data)).toBe('ENOENT');
    expect(rows(denied, 'file.read', data)).toContainEqual(
      expect.objectContaining({ peer: 'host', verdict: 'blocked', status: 2 }),
    );
    expect(rows(denied, 'file.list', listed)).toContainEqual(
      expect.objectContaining({ peer: 'host', verdict: 'blocked' }),
    );
  });

  test('are read and listed while learning, and that is recorded', () => {
    expect(said(learnt, 'file', data)).toBe('of the host');
    expect(rows(learnt, 'file.read', data)[0]).toMatchObject({
      peer: 'host',
      verdict: 'shuttled',
      status: 0,
      source: 'seen',
      rule: null,
    });
    expect(rows(learnt, 'file.list', listed)[0]).toMatchObject({ peer: 'host', verdict: 'shuttled', status: 0 });
  });

  test('are changed as private copies only', () => {
    expect([said(learnt, 'write', changed), said(learnt, 'create', fresh), said(learnt, 'delete', gone)]).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
    expect(said(learnt, 'file', fresh)).toBe('created');
    expect(rows(learnt, 'file.write', changed)[0]).toMatchObject({
      peer: 'host',
      verdict: 'redirected',
      detail: '{"existed":true}',
    });
    expect(rows(learnt, 'file.create', fresh)[0]).toMatchObject({
      peer: 'host',
      verdict: 'redirected',
      detail: JSON.stringify({ existed: false, folder: lab.outside }),
    });
    expect(rows(learnt, 'file.delete', gone)[0]).toMatchObject({
      peer: 'host',
      verdict: 'redirected',
      detail: '{"existed":true}',
    });
    expect([readFileSync(changed, 'utf8'), existsSync(fresh), existsSync(gone)]).toEqual(['as it was\n', false, true]);
    expect(rows(learnt, 'file.read', fresh)).toEqual([]);
  });

  test('of the protected set stay hidden while learning, and are recorded as blocked', () => {
    for (const ran of [denied, learnt, ruled]) expect(said(ran, 'file', secret)).toBe('ENOENT');
    for (const ran of [denied, learnt])
      expect(rows(ran, 'file.read', secret)).toContainEqual(
        expect.objectContaining({ peer: 'host', verdict: 'blocked' }),
      );
  });

  test('that are nowhere are absent', () => {
    expect(rows(learnt, 'file.read', `${lab.outside}/nowhere`)[0]).toMatchObject({
      peer: null,
      verdict: 'absent',
      status: 2,
    });
  });

  test('are read under the rule that was found, and not opened again for writing', () => {
    expect(said(ruled, 'file', data)).toBe('of the host');
    expect(said(ruled, 'reopen', data)).toBe('refused');
    expect(said(ruled, 'folder', listed)).toBe('ok');
  });

  test('that a rule lets the program read are private copies once it changes them', () => {
    expect([said(ruled, 'write', changed), said(ruled, 'delete', gone)]).toEqual(['ok', 'ok']);
    expect(readFileSync(changed, 'utf8')).toBe('as it was\n');
    expect(rows(ruled, 'file.write', changed)[0]).toMatchObject({ peer: 'host', verdict: 'redirected' });
  });

  test('are blocked with the rule removed', () => {
    lab.without((rule) => rule.allow === 'file.read');
    const ran = lab.shuttle('run', '--ephemeral', '--audit');
    expect(said(ran, 'file', data)).toBe('ENOENT');
    expect(rows(ran, 'file.read', data)).toContainEqual(
      expect.objectContaining({ peer: 'host', verdict: 'blocked', rule: null }),
    );
  });
});

describe.each(PEOPLE)('files served at open time, as $name', (who) => {
  let lab: Lab;
  beforeAll(() => {
    lab = new Lab(who);
    lab.put('day-20260101.log', 'first\n');
    lab.put('other.log', 'other\n');
    lab.put('out/there.txt', 'before\n');
    mkdirSync(join(lab.outside, 'listed'), { recursive: true });
  });
  afterAll(() => lab.end());

  test('match their rule after links, or do not exist', () => {
    const log = join(lab.outside, 'day-20260101.log'),
      other = join(lab.outside, 'other.log');
    lab.system(`${system(lab.build('reach'), ['file', log, 'stat', log, 'reopen', log, 'file', other, 'stat', other])}
rules:
  - { id: logs, allow: file.read, from: a, to: host, object: '${lab.outside}/day-{date}.log', state: accepted }
`);
    const ran = lab.shuttle('run', '--ephemeral');
    expect([said(ran, 'file', log), said(ran, 'stat', log), said(ran, 'reopen', log)]).toEqual([
      'first',
      '6',
      'refused',
    ]);
    expect([said(ran, 'file', other), said(ran, 'stat', other)]).toEqual(['ENOENT', 'ENOENT']);
    expect(rows(ran, 'file.read', log)[0]).toMatchObject({
      peer: 'host',
      verdict: 'shuttled',
      rule: 'logs',
      source: 'seen', // it was there when the VM started
    });
    expect(rows(ran, 'file.read', other)[0]).toMatchObject({ peer: 'host', verdict: 'blocked', rule: null });
  });

  test('are written on the host where a rule grants writing, and nowhere else', () => {
    const there = join(lab.outside, 'out', 'there.txt'),
      made = join(lab.outside, 'out', 'made.txt'),
      other = join(lab.outside, 'other.log');
    lab.system(`${system(lab.build('reach'), ['write', there, 'create', made, 'write', other, 'rename', made])}
rules:
  - { id: writes, allow: [file.write, file.create, file.delete], from: a, to: host, object: '${lab.outside}/out/{name}', state: accepted }
`);
    const ran = lab.shuttle('run', '--ephemeral');
    expect([said(ran, 'write', there), said(ran, 'create', made), said(ran, 'rename', made)]).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
    expect(said(ran, 'write', other)).toBe('ENOENT');
    expect([readFileSync(there, 'utf8'), readFileSync(`${made}.new`, 'utf8'), existsSync(made)]).toEqual([
      'written\n',
      'created\n',
      false,
    ]);
    expect(readFileSync(join(lab.outside, 'other.log'), 'utf8')).toBe('other\n');
    expect(rows(ran, 'file.write', there)[0]).toMatchObject({ peer: 'host', verdict: 'shuttled', rule: 'writes' });
    expect(rows(ran, 'file.create', made)[0]).toMatchObject({ peer: 'host', verdict: 'shuttled', rule: 'writes' });
    expect(rows(ran, 'file.write', other)[0]).toMatchObject({ peer: 'host', verdict: 'blocked' });
  });
});
