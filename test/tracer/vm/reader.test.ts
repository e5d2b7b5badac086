import { describe, expect, test } from 'vitest';
import { mayReadUnasked, readerSteps } from '../../../tracer/vm/reader.js';

const given = { mode: 'allow', library: '/opt/shuttle/reader', preloaded: '', env: {} } as const;
const AT = '/run/shuttle/reader.so';

describe('the preloaded reader', () => {
  test('is shown to a VM and named to its loader', () =>
    expect(readerSteps(given)).toEqual([
      { do: 'bind', to: AT, from: '/opt/shuttle/reader', write: false },
      { do: 'file', to: '/etc/ld.so.preload', mode: 0o644, text: `${AT}\n` },
    ]));

  test.each([
    ['/usr/lib/other.so', `/usr/lib/other.so\n${AT}\n`],
    ['/usr/lib/other.so\n', `/usr/lib/other.so\n${AT}\n`],
  ])('comes after what the host preloads: %j', (preloaded, text) =>
    expect(readerSteps({ ...given, preloaded })).toContainEqual(expect.objectContaining({ do: 'file', text })),
  );

  test.each([
    ['learning with --deny', { mode: 'deny' }],
    ['enforcing', { mode: 'enforce' }],
    ['told to go without', { env: { SHUTTLE_READER: 'off' } }],
  ] as const)('is not there when %s', (_, more) => expect(readerSteps({ ...given, ...more })).toEqual([]));

  const base = { path: '/usr', zone: 'base', from: '/usr' } as const;
  test.each([
    ['the base system alone', '/home', 'outside', true],
    ['a mount below it', '/usr/local/data', 'mount', false],
    ['something hidden below it', '/usr/share/secret', 'protected', false],
    ['a mount in its place', '/lib', 'mount', false],
  ] as const)('asks nobody only about %s', (_, path, zone, unasked) => {
    const zones = [base, { path, zone, from: path }];
    expect(mayReadUnasked({ steps: readerSteps(given), zones, hidden: [] })).toBe(unasked);
    expect(mayReadUnasked({ steps: [], zones, hidden: [] })).toBe(false);
    expect(mayReadUnasked({ steps: readerSteps(given), zones: [base], hidden: [path] })).toBe(unasked);
  });
});
