// The arrows of the house: cli -> policygen -> analyzer -> tracer -> native, and one file that exits.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { filesUnder } from '../../scripts/files.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const order = ['native', 'tracer', 'analyzer', 'policygen', 'cli'];
const sources: string[] = order.flatMap((part) => filesUnder(join(root, part), /\.tsx?$/, new Set(['build'])));
const imported = /(?:from\s+|import\s+|import\(\s*|new URL\(\s*)'(\.[^']*)'/g;

function upward(file: string, text: string): string[] {
  const level = (path: string) => order.indexOf(relative(root, path).split('/')[0] ?? '');
  return [...text.matchAll(imported)]
    .map((found) => found[1] ?? '')
    .filter((target) => level(resolve(dirname(file), target)) > level(file));
}

test('the rule itself sees an import that goes upward', () => {
  const file = join(root, 'tracer/session/run.ts');
  expect(upward(file, "import { x } from '../../policygen/file.js';")).toEqual(['../../policygen/file.js']);
  expect(upward(file, "const x = await import('../../native/engine.js');")).toEqual([]);
});

test.each(sources.map((file) => [relative(root, file)]))('%s imports nothing above it', (file) => {
  expect(upward(join(root, file), readFileSync(join(root, file), 'utf8'))).toEqual([]);
});

test('one file exits the process', () => {
  const exits = sources.filter((file) => /process\.exit\(/.test(readFileSync(file, 'utf8')));
  expect(exits.map((file) => relative(root, file)).filter((file) => file !== 'cli/exit.ts')).toEqual([]);
});

test('the folders of the house are there', () => {
  expect(order.filter((part) => !existsSync(join(root, part)))).toEqual([]);
});
