import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { linksTo } from '../../../tracer/vm/links_to.js';

let at: string;
beforeAll(() => {
  at = realpathSync(mkdtempSync(join(tmpdir(), 'shuttle-links-')));
  for (const folder of ['v2', 'v2/bin', 'bin']) mkdirSync(join(at, folder));
  writeFileSync(join(at, 'v2/bin/tool'), '');
  symlinkSync('v2', join(at, 'current'));
  symlinkSync('../current/bin/tool', join(at, 'bin/tool'));
  symlinkSync('loop', join(at, 'loop'));
  symlinkSync('/usr/bin/python3', join(at, 'bin/python'));
});
afterAll(() => rmSync(at, { recursive: true }));

test.each([
  ['v2/bin/tool', []],
  [
    'bin/tool',
    [
      ['bin/tool', '../current/bin/tool'],
      ['current', 'v2'],
    ],
  ],
  ['current/bin/tool', [['current', 'v2']]],
  ['bin/python', [['bin/python', '/usr/bin/python3']]], // the base system's own links are there anyway
  ['nowhere/tool', []],
] as const)('%s', (path, links) =>
  expect(linksTo(join(at, path))).toEqual(links.map(([name, target]) => ({ path: join(at, name), target }))),
);

test('a loop ends', () => expect(linksTo(join(at, 'loop')).length).toBeLessThan(100));
