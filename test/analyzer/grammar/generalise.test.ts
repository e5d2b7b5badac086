import { describe, expect, test } from 'vitest';
import { patterns, type Runs, range } from './group.js';

describe('several runs', () => {
  test.each<[string, Runs, string[]]>([
    ['what never varies stays literal, however it looks', [['/t/a1b2c3d4'], ['/t/a1b2c3d4']], ['/t/a1b2c3d4']],
    ['numbers', [['/t/x-17.s'], ['/t/x-4.s']], ['/t/x-{uint}.s']],
    ['hex of one width', [['/t/a1b2c3d4'], ['/t/99ffee01'], ['/t/0badcafe']], ['/t/{hex:8}']],
    ['hex of several widths', [['/t/a1b2c'], ['/t/99ffee01']], ['/t/{hex}']],
    [
      'hex of two widths, each proven',
      [
        ['/t/a1b2', '/t/99ffee01'],
        ['/t/c3d4', '/t/0badcaf1'],
        ['/t/9e8d', '/t/77ee66dd'],
      ],
      ['/t/{hex:4}', '/t/{hex:8}'],
    ],
    [
      'guids',
      [['/t/{0a1b2c3d-0000-4000-8000-1234567890ab}'], ['/t/{ffffffff-0000-4000-8000-1234567890ab}']],
      ['/t/{{{guid}}}'],
    ],
    ['dates', [['/l/2026-11-22.log'], ['/l/2026-11-23.log']], ['/l/{date}.log']],
    [
      'dates and times in one',
      [['/l/20261122T101500Z.log'], ['/l/20261123T235959Z.log'], ['/l/20261124T000001Z.log']],
      ['/l/{date}T{time}Z.log'],
    ],
    ['a day of a time', [['/l/2026-11-22T10:15:00'], ['/l/2026-11-22T10:15:01']], ['/l/2026-11-22T{time}']],
    ['what few runs do, never twice alike', [['/t/job-4711'], [], [], [], ['/t/job-8150'], []], ['/t/job-{uint}']],
    ['plain dates', [['/l/20261122'], ['/l/20261123']], ['/l/{date}']],
    ['times', [['/l/10-15-00'], ['/l/23-59-59']], ['/l/{time}']],
    ['random words', [['/t/x7Gq2L'], ['/t/0aBc9Z']], ['/t/{word}']],
    ['constant parts beside it', [['/t/a_1_b'], ['/t/a_2_b']], ['/t/a_{uint}_b']],
    ['two places', [['/t/1111/a-2222'], ['/t/3333/a-4444']], ['/t/{uint}/a-{uint}']],
    [
      'a constant of the same look beside it',
      [
        ['/t/1', '/t/200'],
        ['/t/1', '/t/300'],
      ],
      ['/t/1', '/t/{uint}'],
    ],
    [
      'a closed part of it stays apart',
      [
        ['/t/1111/w1', '/t/1111/w2'],
        ['/t/2222/w1', '/t/2222/w2'],
      ],
      ['/t/{uint}/w1', '/t/{uint}/w2'],
    ],
    [
      'a closed set stays a list',
      [
        ['/w/1', '/w/2'],
        ['/w/1', '/w/3'],
        ['/w/2', '/w/3'],
      ],
      ['/w/1', '/w/2', '/w/3'],
    ],
    [
      'new words in each of five runs',
      [['/t/alpha.q'], ['/t/bravo.q', '/t/echo.q'], ['/t/delta.q'], ['/t/golf.q'], ['/t/kilo.q']],
      ['/t/{word}.q'],
    ],
    [
      'new words in each of three runs may be all there are',
      [['/t/alpha.q'], ['/t/bravo.q'], ['/t/delta.q']],
      ['/t/alpha.q', '/t/bravo.q', '/t/delta.q'],
    ],
    ['dates and times joined otherwise', [['/l/20261122-101500'], ['/l/20261123-235959']], ['/l/{date}-{time}']],
    ['hex after 0x', [['/t/0x7f3a'], ['/t/0xbeef12'], ['/t/0x1']], ['/t/0x{hex}']],
    [
      'numbers nobody pads',
      [
        ['/t/a1b2c', '/t/a1b2c4'],
        ['/t/99ff0', '/t/99ff02'],
      ],
      ['/t/{hex}'],
    ],
    ['hex after letters', [['/t/ino1a2b3c4d'], ['/t/ino99ffee01'], ['/t/inob4d1c0de']], ['/t/ino{hex:8}']],
    [
      'temporary names, some without a digit',
      [['/t/tmp.kKYJni'], ['/t/tmp.YXwRcv'], ['/t/tmp.pwAhdp'], ['/t/tmp.fE7YQh'], ['/t/tmp.rVnQVP']],
      ['/t/tmp.{word}'],
    ],
    [
      'a number that is short at times',
      [['/t/a-90'], ['/t/a-2173', '/t/a-4331'], [], ['/t/a-3475'], []],
      ['/t/a-{uint}'],
    ],
    [
      'a number that happened to have no letter among hex',
      [['/t/a1b2', '/t/1234'], ['/t/c3d4', '/t/5678'], ['/t/9e8d']],
      ['/t/{hex:4}'],
    ],
    [
      'guids after letters',
      [['/t/xdeadbeef-0000-4000-8000-1234567890ab'], ['/t/x0badcaf1-0000-4000-8000-1234567890ab']],
      ['/t/x{guid}'],
    ],
    ['dates after letters', [['/l/log2026-11-22.gz'], ['/l/log2025-10-23.gz']], ['/l/log{date}.gz']],
    ['hex after one letter', [['/t/x1a2b3c4d'], ['/t/x99ffee01'], ['/t/xb4d1c0de']], ['/t/x{hex:8}']],
    ['numbers after a character as URLs write it', [['/t/a%2017'], ['/t/a%20204'], ['/t/a%209']], ['/t/a%20{uint}']],
    ['dates after a character as URLs write it', [['/t/a%202026-11-22'], ['/t/a%202025-10-23']], ['/t/a%20{date}']],
    [
      'ids of one width in which signs are letters',
      [['/t/V1StGXR8_Z5jd-i6B-myT'], ['/t/kQ7x-Pz_0aBc9ZrT2uW4e'], ['/t/p-XvK3bKCJ6D-MZ1aqRm5']],
      ['/t/{name}'],
    ],
    [
      'words and numbers of one width are no ids',
      [['/t/red-1a2z'], ['/t/blue-3b4'], ['/t/gr_een-5']],
      ['/t/blue-3b4', '/t/gr_een-5', '/t/red-1a2z'],
    ],
    ['a tail with digits after a sign', [['/t/a7Gq2L!R1C1'], ['/t/0aBc9Z!R1C1']], ['/t/{word}!R1C1']],
    ['two words are no proof', [['/t/alpha'], ['/t/bravo']], ['/t/alpha', '/t/bravo']],
  ])('%s', (_, runs, expected) => expect(patterns(runs).rules).toEqual(expected));

  test('ports vary, hosts do not', () => {
    const runs = [
      ['10.0.0.1:4000', '10.0.0.2:9'],
      ['10.0.0.1:4001', '10.0.0.2:9'],
    ];
    expect(patterns(runs, 'tcp.connect').rules).toEqual(['10.0.0.1:{uint}', '10.0.0.2:9']);
  });

  test('names met once in many runs are rare', () => {
    const runs = [['/a', '/once'], ['/a'], ['/a'], ['/a'], ['/a']];
    expect(patterns(runs)).toEqual({ rules: ['/a'], rare: ['/once'] });
    expect(patterns(runs.slice(0, 4)).rare).toEqual([]);
  });

  test('a straggler of another look is one more case of a proven pattern', () => {
    const runs = [['/t/a1b2c3d4'], ['/t/12345678'], ['/t/99ffee01'], ['/t/0badcaf1']];
    expect(patterns(runs).rules).toEqual(['/t/{hex:8}']);
  });
});

describe('families', () => {
  const named = (numbers: readonly number[]) =>
    numbers.map((n) => `/data/in/${String.fromCharCode(97 + (n % 26))}${'xyzw'[Math.floor(n / 26)]}.txt`);

  test('an open set becomes one rule', () => {
    const runs = [named(range(0, 12)), named(range(6, 12)), named(range(15, 12))];
    expect(patterns(runs, 'file.read').rules).toEqual(['/data/in/{word}.txt']);
  });
  test('a set that stopped growing stays a list', () => {
    const runs = [named(range(0, 12)), named(range(0, 12)), named(range(3, 10))];
    expect(patterns(runs, 'file.read').rules).toHaveLength(13);
  });
  test('a first run that met any proves nothing, however late it came', () => {
    expect(patterns([['/etc/other'], named(range(0, 12))], 'file.read').rules).toHaveLength(13);
    expect(patterns([[], named(range(0, 12)), named(range(6, 12)), named(range(15, 12))], 'file.read').rules).toEqual([
      '/data/in/{word}.txt',
    ]);
  });
  test('eight new names are not more than eight', () => {
    expect(patterns([named(range(0, 12)), named([...range(0, 5), ...range(12, 8)])], 'file.read').rules).toHaveLength(
      20,
    );
    expect(patterns([named(range(0, 12)), named([...range(0, 5), ...range(12, 9)])], 'file.read').rules).toHaveLength(
      1,
    );
  });
  test('an open folder of changing depth', () => {
    const deep = (from: number) =>
      range(from, 10).map(
        (n) => `/srv/data/${'abcdefghijklmnopqrstuvwxyz'[n % 26]}q/${'klmnopqrst'[n % 10]}/${n % 2 ? 'u/' : ''}f`,
      );
    expect(patterns([deep(0), deep(13)], 'file.read').rules).toEqual(['/srv/data/{rest}']);
  });
  test('the protected set is never reached', () => {
    const runs = [named(range(0, 12)), named(range(20, 12))];
    const rules = (path: string) => patterns(runs, 'file.read', { protectedPaths: [path] }).rules.length;
    expect(rules('/data/in/secret.txt')).toBe(24);
    expect(rules('/data/in')).toBe(24);
    expect(rules('/data/in/secret.key')).toBe(1);
    expect(rules('/data/out')).toBe(1);
  });
});

test('names made to blow up splitting take linear time and stay themselves', () => {
  const hostile = [
    'a1'.repeat(16_000),
    '-'.repeat(32_000),
    '/'.repeat(32_000),
    `${'0-'.repeat(16_000)}x`,
    '{'.repeat(16_000),
  ];
  const values = { pid: '1', user: 'a', home: '/', temp: '0-0' };
  const { rules } = patterns([
    { names: hostile, values },
    { names: hostile, values },
  ]);
  expect(rules).toHaveLength(hostile.length);
});
