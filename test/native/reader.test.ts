import { constants } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addon } from '../../native/engine.js';

const { files } = addon();

describe('what the preloaded reader opens without asking', () => {
  test.each([
    ['/usr/include/stdio.h', true],
    ['/lib/x86_64-linux-gnu/libc.so.6', true],
    ['/lib64/ld-linux-x86-64.so.2', true],
    ['/usr/lib/gcc/x/12/../../../../include/a.h', true],
    ['/usr//lib/./x', true],
    ['/usr/..foo/.bar', true],
    ['/usr/../etc/shadow', false],
    ['/usr/lib/../../etc/shadow', false],
    ['/usr/lib/../..', false],
    ['/usr/./../x', false],
    ['/usr', false],
    ['/usrlocal/x', false],
    ['/etc/passwd', false],
    ['/libx/y', false],
    ['usr/x', false],
    ['/', false],
    ['', false],
  ])('%s: %s', (path, unasked) => expect(files.isBasePath(path)).toBe(unasked));

  const parts = fc.array(fc.constantFrom('', '.', '..', '...', 'usr', 'lib', 'lib64', 'bin', 'a', '.b', 'é'), {
    maxLength: 10,
  });
  test('never leaves the folder that the engine would see it in', () => {
    fc.assert(
      fc.property(parts, (names) => {
        const path = `/${names.join('/')}`;
        if (!files.isBasePath(path)) return;
        const [, top] = path.split('/');
        expect(`${files.canonical(path)}/`.startsWith(`/${top}/`)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the gate in the filter', () => {
  const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_DIRECTORY, O_NOFOLLOW } = constants;
  test.each([
    ['reading', O_RDONLY, 'allowed'],
    ['listing', O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 'allowed'],
    ['writing', O_WRONLY, 'trapped'],
    ['both', O_RDWR, 'trapped'],
    ['creating', O_RDONLY | O_CREAT, 'trapped'],
    ['truncating', O_RDONLY | O_TRUNC, 'trapped'],
    ['a file without a name', 0o20000000 | O_DIRECTORY | O_RDWR, 'trapped'],
  ])('%s through it', (_, flags, answer) => {
    expect(files.answerToOpen(true, flags, true)).toBe(answer);
    expect(files.answerToOpen(true, flags, false)).toBe('trapped');
    expect(files.answerToOpen(false, flags, true)).toBe('trapped');
    expect(files.answerToOpen(true, flags, true, true)).toBe('trapped');
  });
});
