// `review` without a terminal.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { FILE } from './review_place.js';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shuttle-batch-'));
  file = join(folder, 'orders.shuttle.yaml');
});
beforeEach(() => writeFileSync(file, FILE));
afterAll(() => rmSync(folder, { recursive: true }));

function review(...args: string[]) {
  const done = spawnSync(process.execPath, [main, 'review', file, ...args], { cwd: folder, encoding: 'utf8' });
  return { code: done.status, stdout: done.stdout, stderr: done.stderr };
}

test('accepts, refuses and lists by expressions', () => {
  const done = review('--accept', 'needed=proven and risk<3', '--refuse', 'to=net', '--by', 'ci', '--list', '--json');
  expect(done.code).toBe(0);
  const made = JSON.parse(done.stdout);
  expect(made).toMatchObject({ written: true, accepted: ['app-db'], refused: ['shop', 'name'] });
  expect(made.rules).toHaveLength(5);
  expect(made.rules[0]).toMatchObject({
    risk: expect.any(Number),
    sentence: expect.any(String),
    reasons: expect.any(Array),
  });
  const text = readFileSync(file, 'utf8');
  expect(text).toMatch(/state: accepted\n {4}needed: proven\n {4}evidence:.*\n {4}decided: \{ by: ci, at: /);
  expect(text).toMatch(/id: shop.*state: refused.*by: ci.*# why\?/);
  expect(text).toContain('# what customers see');
});

test('a refusal wins, and what is so already stays as it was', () => {
  const done = review('--accept', '', '--refuse', 'id=conf', '--json');
  expect(JSON.parse(done.stdout)).toMatchObject({ accepted: ['app-db', 'job', 'shop'], refused: ['conf'] });
  expect(readFileSync(file, 'utf8')).toContain('decided: { by: ann');
});

test('listing, and a dry run, write nothing', () => {
  const listed = review('--where', 'class=ipc and state=proposed');
  expect(listed.stdout.split('\n').map((line) => line.split(/ {2,}/)[3])).toEqual([
    'id',
    'shop',
    'job',
    'app-db',
    undefined,
  ]);
  expect(review('--refuse', 'to=net', '--dry-run')).toMatchObject({
    code: 0,
    stderr: '0 accepted, 2 refused; nothing written\n',
  });
  expect(readFileSync(file, 'utf8')).toBe(FILE);
});

test.each<[string[], number, string]>([
  [[], 125, 'a review needs a terminal'],
  [['--json'], 125, '--accept'],
  [['--plain'], 125, 'a review needs a terminal'],
  [['--accept', 'riks<3'], 2, 'riks<3: unknown field riks'],
  [['--list', '--where', 'risk<'], 2, 'at character 6'],
])('%j: %i, %s', (args, code, says) => {
  expect(review(...args)).toMatchObject({ code, stderr: expect.stringContaining(says) });
  expect(readFileSync(file, 'utf8')).toBe(FILE);
});
