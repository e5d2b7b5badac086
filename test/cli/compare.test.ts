// `diff` and `merge` as they are called, and git calling the latter.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shuttle-compare-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const HEAD = 'shuttle: 1\nmain: app\nvms:\n  app: { program: [/bin/app] }\n  db: { program: [/bin/db] }\nrules:\n';
const rule = (id: string, object: string, state = 'proposed') =>
  `  - { id: ${id}, allow: unix.connect, from: app, to: db, object: '${object}', state: ${state} }\n`;

function write(name: string, ...rules: string[]): string {
  const file = join(folder, name);
  writeFileSync(file, HEAD + rules.join(''));
  return file;
}

function shuttle(...args: string[]) {
  const done = spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: 'utf8' });
  return { code: done.status, stdout: done.stdout, stderr: done.stderr };
}

test('diff says what is admitted more and less, with examples', () => {
  const a = write('a.yaml', rule('n', '/run/{uint}'), rule('gone', '/run/x'));
  const b = write('b.yaml', rule('n', '/run/{word}'), rule('no', '/run/9', 'refused'));
  const done = shuttle('diff', a, b);
  expect(done).toMatchObject({ code: 1, stderr: '' });
  expect(done.stdout.split('\n')).toEqual([
    expect.stringMatching(/^\+ admits more {2}app may unix.connect db \/run\/\D {2}\(n\)$/),
    '- admits less  app may unix.connect db /run/9  (n) refused by no',
    '',
  ]);
  const json = JSON.parse(shuttle('diff', a, b, '--json').stdout);
  expect(json).toMatchObject({
    more: [{ rule: 'n', refused_by: null }],
    less: [{ rule: 'n', refused_by: 'no' }],
    system: [],
    remarks: [],
  });
  expect(shuttle('diff', a, a)).toMatchObject({ code: 0, stdout: '', stderr: 'both admit the same\n' });
  expect(shuttle('diff', a, b, '--accepted-only').code).toBe(0);
});

test('a file that is none is told, with its place', () => {
  const a = write('a.yaml');
  writeFileSync(join(folder, 'bad.yaml'), 'shuttle: 1\nvms: {}\n');
  expect(shuttle('diff', a, 'bad.yaml')).toMatchObject({ code: 125, stderr: expect.stringContaining('bad.yaml:2:6') });
});

test('merge writes into ours, or where it is told', () => {
  const files = [
    write('base.yaml', rule('a', '/a')),
    write('ours.yaml', rule('a', '/a'), rule('b', '/b')),
    write('theirs.yaml', rule('a', '/a', 'accepted')),
  ];
  const printed = shuttle('merge', ...files, '--print');
  expect(printed).toMatchObject({ code: 0, stderr: '', stdout: HEAD + rule('a', '/a', 'accepted') + rule('b', '/b') });
  expect(shuttle('merge', ...files).code).toBe(0);
  expect(readFileSync(files[1]!, 'utf8')).toBe(printed.stdout);
});

const git = existsSync('/usr/bin/git');

test.skipIf(!git)('git merges by it (skipped where git is missing)', () => {
  const repository = join(folder, 'repository');
  const how = {
    cwd: folder,
    encoding: 'utf8' as const,
    env: { ...process.env, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' },
  };
  const run = (...args: string[]) =>
    spawnSync('git', ['-C', repository, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args], how);
  const commit = (text: string, branch: string) => {
    writeFileSync(join(repository, 'x.shuttle.yaml'), text);
    run('add', '.');
    return run('commit', '-m', branch).status;
  };
  spawnSync('git', ['init', '-b', 'main', repository], how);
  run('config', 'merge.shuttle.driver', `"${process.execPath}" "${main}" merge %O %A %B`);
  writeFileSync(join(repository, '.gitattributes'), '*.shuttle.yaml merge=shuttle\n');
  commit(HEAD + rule('a', '/a') + rule('b', '/b'), 'base');
  run('checkout', '-b', 'other');
  commit(HEAD + rule('a', '/a', 'refused') + rule('b', '/b'), 'other');
  run('checkout', 'main');
  commit(HEAD + rule('a', '/a') + rule('b', '/b', 'accepted'), 'main');
  expect(run('merge', 'other').status).toBe(0);
  const merged = () => readFileSync(join(repository, 'x.shuttle.yaml'), 'utf8');
  expect(merged()).toBe(HEAD + rule('a', '/a', 'refused') + rule('b', '/b', 'accepted'));
  run('checkout', '-b', 'yes', 'HEAD');
  commit(merged().replace("'/b'", "'/{word}'"), 'word');
  run('checkout', 'main');
  commit(merged().replace("'/b'", "'/{uint}'"), 'uint');
  const conflict = run('merge', 'yes');
  expect(conflict.status).toBe(1);
  expect(conflict.stderr + conflict.stdout).toContain("conflict: b: object: ours '/{uint}'");
  expect(merged()).toContain('/{uint}');
});
