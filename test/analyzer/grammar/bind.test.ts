// Values of a run that its names hold.
import { describe, expect, test } from 'vitest';
import { patterns, type RunNames, type Runs, range } from './group.js';

describe('one run', () => {
  test.each<[string, RunNames, string[]]>([
    ['proves nothing volatile', { names: ['/run/a-4711', '/run/a-4712'] }, ['/run/a-4711', '/run/a-4712']],
    ['doubles braces', { names: ['/x{y}'] }, ['/x{{y}}']],
    ['binds a pid', { names: ['/run/a-4711.s'], values: { pid: '4711' } }, ['/run/a-{pid}.s']],
    ['binds a pid after letters', { names: ['/run/a4711'], values: { pid: '4711' } }, ['/run/a{pid}']],
    ['does not bind within digits', { names: ['/run/a-47112'], values: { pid: '4711' } }, ['/run/a-47112']],
    ['binds a short pid where pids stand', { names: ['/run/a-7'], values: { pid: '7' } }, ['/run/a-{pid}']],
    ['does not bind a version', { names: ['/lib/z.so.7', '/x7'], values: { pid: '7' } }, ['/lib/z.so.7', '/x7']],
    ['does not bind another short number', { names: ['/run/a-1'], values: { session: '1' } }, ['/run/a-1']],
    [
      'prefers home to user',
      { names: ['/home/ann/ann'], values: { home: '/home/ann', user: 'ann' } },
      ['{home}/{user}'],
    ],
    ['binds home as a whole folder', { names: ['/home/anna/x'], values: { home: '/home/ann' } }, ['/home/anna/x']],
    [
      'binds no folder amid another',
      { names: ['/var/tmp/x', '/tmp/y'], values: { temp: '/tmp' } },
      ['/var/tmp/x', '{temp}/y'],
    ],
    ['binds uid', { names: ['/run/user/1000/bus'], values: { uid: '1000', pid: '77' } }, ['/run/user/{uid}/bus']],
    ['keeps quotes, newlines and empty pieces', { names: ['"a"\n//\'b\''] }, ['"a"\n//\'b\'']],
  ])('%s', (_, run, expected) => expect(patterns([run]).rules).toEqual(expected));

  test('binds a short pid that several processes vary', () => {
    const names = ['/run/w-2', '/run/w-3', '/run/w-5'];
    expect(patterns([{ names, values: { pid: ['2', '3', '5'] } }]).rules).toEqual(['/run/w-{pid}']);
  });

  test('binds case apart for Windows', () => {
    const run = { names: ['c:\\USERS\\ann\\x.ini'], values: { home: 'C:\\Users\\Ann' } };
    expect(patterns([run], 'file.read', {}, true).rules).toEqual(['{home}\\x.ini']);
  });
});

test('is not led astray by a word that a message happens to mention', () => {
  const runs = ['3', '9', '1'].map((session, at) => ({
    names: [`/run/pipe.${session}.sock`],
    values: { session, ...(at === 0 ? { given: 'pipe' } : {}) },
  }));
  expect(patterns(runs).rules).toEqual(['/run/pipe.{session}.sock']);
});

test('does not bind a short number of a list that all runs have', () => {
  const run = (session: string) => ({ names: ['/q/1~x', '/q/2~x', '/q/5~x'], values: { session } });
  expect(patterns(['1', '2', '5', '7'].map(run)).rules).toEqual(['/q/1~x', '/q/2~x', '/q/5~x']);
  const part = [
    { names: ['/q/1~x', '/q/2~x'], values: { session: '1' } },
    { names: ['/q/2~x', '/q/5~x'], values: { session: '2' } },
    { names: ['/q/5~x', '/q/1~x'], values: { session: '5' } },
  ];
  expect(patterns(part).rules).toEqual(['/q/1~x', '/q/2~x', '/q/5~x']);
});

test('takes time linear in the runs where each binds a name of its own', () => {
  const runs = range(0, 3000).map((n) => ({ names: [`/run/w-${n + 10_000}`], values: { pid: `${n + 10_000}` } }));
  expect(patterns(runs).rules).toEqual(['/run/w-{pid}']);
});

describe('several runs', () => {
  test.each<[string, Runs, string[]]>([
    [
      'a pid that varies with the name is bound, though short',
      [
        { names: ['/t/x-2'], values: { pid: '2' } },
        { names: ['/t/x-3'], values: { pid: '3' } },
      ],
      ['/t/x-{pid}'],
    ],
    [
      'a constant that equals a pid once is none',
      [
        { names: ['/t/x-4711'], values: { pid: '4711' } },
        { names: ['/t/x-4711'], values: {} },
      ],
      ['/t/x-4711'],
    ],
    [
      'a short pid that never varies is no pid',
      [
        { names: ['/run/a-7'], values: { pid: '7' } },
        { names: ['/run/a-7'], values: { pid: '7' } },
      ],
      ['/run/a-7'],
    ],
    [
      'home and a number',
      [
        { names: ['/h/ann/c-1111'], values: { home: '/h/ann' } },
        { names: ['/h/bob/c-2222'], values: { home: '/h/bob' } },
      ],
      ['{home}/c-{uint}'],
    ],
    [
      'a short variable beside what is new each time',
      [
        { names: ['/s/1/q-4711'], values: { session: '1' } },
        { names: ['/s/7/q-8150'], values: { session: '7' } },
        { names: ['/s/4/q-1234'], values: { session: '4' } },
      ],
      ['/s/{session}/q-{uint}'],
    ],
    [
      'a short variable in a folder that always has it',
      [
        { names: ['/s/1/alpha'], values: { session: '1' } },
        { names: ['/s/7/bravo'], values: { session: '7' } },
      ],
      ['/s/{session}/alpha', '/s/{session}/bravo'],
    ],
    [
      'a short number among the digits of something else',
      [
        { names: ['/s/q-e7a7dda4'], values: { session: '7' } },
        { names: ['/s/q-e7a7dda4'], values: { session: '4' } },
      ],
      ['/s/q-e7a7dda4'],
    ],
    [
      'a list below a home, one of which is a variable at times',
      [
        { names: ['/h/ann/f-1', '/h/ann/f-2'], values: { home: '/h/ann', session: '1' } },
        { names: ['/h/bob/f-2', '/h/bob/f-5'], values: { home: '/h/bob', session: '2' } },
        { names: ['/h/eve/f-5', '/h/eve/f-1'], values: { home: '/h/eve', session: '5' } },
      ],
      ['{home}/f-1', '{home}/f-2', '{home}/f-5'],
    ],
    [
      'a user amid letters that varies with the name',
      [
        { names: ['/t/logann', '/t/planning'], values: { user: 'ann' } },
        { names: ['/t/logbob', '/t/planning'], values: { user: 'bob' } },
      ],
      ['/t/log{user}', '/t/planning'],
    ],
    [
      'a user amid letters that is always the same',
      [
        { names: ['/t/logann'], values: { user: 'ann' } },
        { names: ['/t/logann'], values: { user: 'ann' } },
      ],
      ['/t/logann'],
    ],
    [
      'two numbers in one word, both variables',
      [
        { names: ['/t/1000x36'], values: { uid: '1000', pid: '36' } },
        { names: ['/t/1000x52'], values: { uid: '1000', pid: '52' } },
      ],
      ['/t/{uid}x{pid}'],
    ],
    [
      'a variable after a character as URLs write it',
      [
        { names: ['/t/a%20ann'], values: { user: 'ann' } },
        { names: ['/t/a%20bob'], values: { user: 'bob' } },
      ],
      ['/t/a%20{user}'],
    ],
    [
      'a short variable after a beginning that always has it',
      [
        { names: ['/s/q_1_alpha'], values: { session: '1' } },
        { names: ['/s/q_7_bravo'], values: { session: '7' } },
      ],
      ['/s/q_{session}_alpha', '/s/q_{session}_bravo'],
    ],
  ])('%s', (_, runs, expected) => expect(patterns(runs).rules).toEqual(expected));
});
