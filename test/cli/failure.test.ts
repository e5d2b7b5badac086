import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const shuttle = (...args: string[]) => spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });

test.each([
  [['--version'], 0],
  [['--help'], 0],
  [['help', 'learn'], 0],
  [['run', '--help'], 0],
  [[], 2],
  [['lurn'], 2],
  [['lurn', '--help'], 2],
  [['help', 'lurn'], 2],
  [['help', 'vm', 'list'], 0],
  [['help', 'vm', 'lsit'], 2],
  [['vm', 'lsit', '-h'], 2],
  [['vm', 'list', '--to', 'x'], 2],
  [['query'], 2],
  [['doctor', '--bogus'], 2],
  [['run'], 125],
  [['learn', '--windows', 'win95', 'x.exe'], 125],
  [['learn', 'x.yaml', '--bogus'], 125],
  [['learn', 'x.yaml', 'stray'], 125],
  [['run', '/nowhere/x.yaml'], 125],
])('shuttle %j exits with %i', (args, code) => expect(shuttle(...args).status).toBe(code));

test('an error is a code, a sentence and a hint on standard error, and nothing on standard output', () => {
  const { stdout, stderr } = shuttle('run', '/nowhere/x.yaml');
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^shuttle: \/nowhere\/x\.yaml: .*\[SYSTEM_FILE_UNREADABLE\]\n {2}\S.*\n$/);
});

test('with --json an error is one document', () => {
  const { stdout } = shuttle('run', '/nowhere/x.yaml', '--json');
  expect(JSON.parse(stdout)).toEqual({
    error: { code: 'SYSTEM_FILE_UNREADABLE', message: expect.any(String), hint: expect.any(String) },
  });
});

test('a command that runs nothing loads no engine, database or Arrow', () => {
  const loaded = spawnSync('strace', ['-f', '-qq', '-e', 'trace=openat', process.execPath, main, 'run', '--help'], {
    encoding: 'utf8',
  });
  if (loaded.error) return expect(String(loaded.error)).toContain('ENOENT'); // no strace on this machine
  expect(loaded.stderr).not.toMatch(/duckdb|apache-arrow|shuttle\.node/);
});

test.each([
  [['lern', '--help'], "unknown command 'lern' (Did you mean learn?)"],
  [['help', 'vm', 'lsit'], "unknown command 'lsit' (Did you mean list?)"],
])('shuttle %j says what was meant', (args, said) => expect(shuttle(...args).stderr).toContain(said));

// Every write to it fails as on a full disk.
test.each([[['completion', 'bash']], [['man', '--json']]])(
  'shuttle %j says so where standard output keeps nothing',
  (args) => {
    const full = openSync('/dev/full', 'w');
    try {
      const done = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', stdio: ['ignore', full, 'pipe'] });
      expect(done.stderr).toMatch(/^shuttle: standard output: .*ENOSPC \[ANSWER_UNWRITABLE\]\n {2}\S.*\n$/);
      expect(done.status).toBe(125);
    } finally {
      closeSync(full);
    }
  },
);

test('a reader that has enough is no failure', () => {
  const done = spawnSync(
    '/bin/sh',
    ['-c', '{ "$@"; echo "exit $?" >&2; } | true', 'sh', process.execPath, main, 'man'],
    {
      encoding: 'utf8',
    },
  );
  expect(done.stderr).toBe('exit 0\n');
});
