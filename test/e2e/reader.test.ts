// The preloaded reader in Linux programs of a learning VM, and what a hostile program can make of its gate.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, PEOPLE, type Ran } from './lab.js';

const said = (ran: Ran, what: string) =>
  ran.out
    .split('\n')
    .find((line) => line.startsWith(`${what}: `))
    ?.slice(what.length + 2);

describe.each(PEOPLE)('the preloaded reader, as $name', (who) => {
  let lab: Lab;
  let data: string, secret: string;
  let denied: Ran, learnt: Ran, ruled: Ran, without: Ran;
  beforeAll(() => {
    lab = new Lab(who);
    data = lab.put('data.txt', 'of the host\n');
    secret = lab.put('../home/.ssh/id', 'secret\n');
    const program = JSON.stringify([lab.build('gate'), data, secret]);
    const system = (env: string) =>
      `shuttle: 1\nsystem: lab\nmain: a\nvms:\n  a:\n    program: ${program}\n    env: { ${env} }\n`;
    lab.system(system('SHUTTLE_READER: off'));
    without = lab.shuttle('learn', '--ephemeral');
    lab.system(system(''));
    denied = lab.shuttle('learn', '--deny', '--ephemeral', '-o', `${lab.folder}/lab/denied.shuttle.yaml`);
    learnt = lab.shuttle('learn', '--ephemeral');
    ruled = lab.shuttle('run', '--ephemeral');
  });
  afterAll(() => lab.end());

  test('is there while learning, and only then', () =>
    expect([denied, learnt, ruled, without].map((ran) => said(ran, 'reader'))).toEqual([
      'not there',
      'there',
      'not there',
      'not there',
    ]));

  const NAMES = [
    'base',
    'missing',
    'up and out',
    'no name',
    'not a folder',
    'beside',
    'secret',
    'file',
    'errno',
    'threads',
    'fork',
  ];
  test('changes nothing that a program can tell', () => {
    const answers = (ran: Ran) => NAMES.map((name) => said(ran, name));
    expect(answers(learnt)).toEqual(answers(without));
    expect(answers(learnt)).toEqual([
      'ok',
      'ENOENT',
      'ENOENT',
      'EFAULT',
      'ENOTDIR',
      'EBADF',
      'ENOENT',
      'ok',
      '7',
      'ok',
      'ok',
    ]);
  });

  test('leaves the rows of what lies outside the base system to the engine', () => {
    const about = (ran: Ran, object: string) =>
      ran.rows
        .filter((row) => row.object === object && row.op === 'file.read')
        .map(({ peer, verdict, source }) => ({ peer, verdict, source }))[0];
    expect(about(denied, data)).toMatchObject({ verdict: 'blocked', peer: 'host' });
    expect(about(learnt, data)).toEqual({ peer: 'host', verdict: 'shuttled', source: 'seen' });
    expect(about(learnt, secret)).toEqual({ peer: 'host', verdict: 'blocked', source: 'engine' });
    expect(said(ruled, 'file')).toBe('ok');
  });

  test('has a gate that reaches nothing which the VM does not show, and changes nothing', () => {
    expect(said(learnt, 'gate secret')).toBe('ENOENT');
    expect(said(learnt, 'gate shadow')).not.toBe('ok');
    expect(said(learnt, 'gate root')).toBe('ENOENT');
    expect(said(learnt, 'gate again')).not.toBe('ok');
    expect(said(learnt, 'gate write')).toBe('ok');
    expect(learnt.rows).toContainEqual(
      expect.objectContaining({ op: 'file.write', object: data, verdict: 'redirected' }),
    );
    expect(readFileSync(data, 'utf8')).toBe('of the host\n');
  });
});
