// What commands load before they work: few files, and no package that is not asked for.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const IMPORT = /^(?:import|export)\s[^;]*?["']([^"']+)["'];?$/gm;

/** The files that come with this one without being asked for, and the packages. */
function loaded(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
    if (name.startsWith('.')) loaded(resolve(dirname(file), name), found);
    else if (!name.startsWith('node:')) found.add(name);
  }
  return found;
}

/** The file that a dynamic import of this name leads to. */
function part(name: string, from: string): string {
  const path = new RegExp(`import\\("([^"]*/${name}-[^"/]*\\.js)"\\)`).exec(readFileSync(from, 'utf8'))?.[1];
  if (!path) throw new Error(`${from} imports no ${name}`);
  return resolve(dirname(from), path);
}

test('`shuttle --help` loads no more than it shows', () => {
  expect([...loaded(main)].length).toBeLessThanOrEqual(3);
});

test('`shuttle run` loads few files, and neither DuckDB nor apache-arrow', () => {
  const front = [...loaded(main)].find((file) => /\/front-/.test(file)) ?? '';
  const all = loaded(main);
  for (const name of ['run', 'enforce']) loaded(part(name, front), all);
  expect([...all].filter((name) => !name.startsWith('/'))).toEqual([]);
  expect(all.size).toBeLessThanOrEqual(8);
});

test('the recorder’s thread loads no command', () => {
  const names = [...loaded(resolve(dirname(main), '../tracer/record/worker.js'))];
  expect(names.filter((name) => !/\/(worker|contract-[^/]*|record-[^/]*)\.js$/.test(name))).toEqual([]);
});
