import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { commandFor, lackingFor, PACKAGES } from '../../scripts/packages.mjs';

const names = (task: keyof typeof PACKAGES, there: readonly string[]) =>
  lackingFor(task, (file) => there.includes(file)).map(({ name }) => name);

test('a task asks for what it lacks, found by the files that are there', () => {
  const all = PACKAGES.demo.map(({ file }) => file);
  expect(names('demo', all)).toEqual([]);
  expect(
    names(
      'demo',
      all.filter((file) => !/wine|mingw/.test(file)),
    ),
  ).toEqual(['gcc-mingw-w64-x86-64', 'gcc-mingw-w64-i686', 'wine', 'wine64']);
  expect(names('build', [])).toEqual(expect.arrayContaining(['g++', 'make', 'python3']));
});

test('nothing can be built without a compiler; Wine is no must', () => {
  const must = (task: keyof typeof PACKAGES) => PACKAGES[task].filter((one) => one.must).map(({ name }) => name);
  for (const task of Object.keys(PACKAGES) as (keyof typeof PACKAGES)[])
    expect(must(task)).toEqual(['g++', 'make', 'python3']);
});

test('an administrator can copy the command', () => {
  expect(commandFor(['g++', 'wine'])).toBe(
    'sudo apt-get update && sudo apt-get install -y --no-remove --no-install-recommends g++ wine',
  );
  expect(spawnSync('sh', ['-n', '-c', commandFor(['g++'])]).status).toBe(0);
});
