// `export` as it is called.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shuttle-export-'));
  const head =
    "shuttle: 1\nsystem: s\nmain: app\nvms:\n  app: { program: [/opt/app] }\n  db: { program: [/opt/db] }\n  win: { program: ['C:\\x.exe'] }\nrules:\n";
  writeFileSync(
    join(folder, 's.yaml'),
    `${head}  - { id: read, allow: file.read, from: app, to: host, object: /srv/a, state: accepted }\n  - { id: some, allow: file.read, from: app, to: host, object: '/srv/{name}' }\n`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

function shuttle(...args: string[]) {
  const done = spawnSync(process.execPath, [main, 'export', ...args], { cwd: folder, encoding: 'utf8' });
  return { code: done.status, stdout: done.stdout, stderr: done.stderr };
}

test('one VM goes to standard output, how truly to standard error', () => {
  const done = shuttle('s.yaml', '--to', 'cedar', '--vm', 'app');
  expect(done.code).toBe(0);
  expect(done.stdout).toContain('context.name == "/srv/a"');
  expect(done.stderr).toContain('the system for cedar: 2 rules, 2 exact');
});

test('several VMs go into a folder; what the target cannot confine is told', () => {
  const done = shuttle('s.yaml', '--to', 'systemd', '-o', 'units/');
  expect(done).toMatchObject({ code: 0, stdout: '' });
  expect(readdirSync(join(folder, 'units')).sort()).toEqual(['shuttle-s-app.service', 'shuttle-s-db.service']);
  expect(done.stderr).toContain('left out, for systemd cannot confine them: win');
  expect(done.stderr).toContain('some  file.read /srv/{name}: everything in /srv');
});

test('--strict writes nothing that is wider, and leaves the exit code 1', () => {
  const refused = shuttle('s.yaml', '--to', 'systemd', '--vm', 'app', '--strict', '-o', 'strict.service');
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toContain('refused: --strict');
  expect(existsSync(join(folder, 'strict.service'))).toBe(false);
  const exact = shuttle(
    's.yaml',
    '--to',
    'systemd',
    '--vm',
    'app',
    '--strict',
    '--accepted-only',
    '-o',
    'strict.service',
  );
  expect(exact.code).toBe(0);
  expect(readFileSync(join(folder, 'strict.service'), 'utf8')).toContain('BindReadOnlyPaths=-/srv/a\n');
});

test('--json is the whole of it', () => {
  const done = JSON.parse(shuttle('s.yaml', '--to', 'apparmor', '--vm', 'app', '--json').stdout);
  expect(done).toMatchObject({
    target: 'apparmor',
    refused: false,
    left: [],
    exports: [{ vm: 'app', counts: { exact: 1, wider: 1 } }],
  });
  expect(done.exports[0].findings.find((one: { rule: string }) => one.rule === 'some')).toMatchObject({
    fidelity: 'wider',
    reasons: [{ code: 'ANY_TEXT', words: 'any text in the place of {name}' }],
  });
});

test.each([
  ['apparmour', /Allowed choices are apparmor, systemd, .*json[.] [(]did you mean apparmor/],
  ['nonsense', /'nonsense' is invalid[.] Allowed choices are/],
])('an unknown target %s is one error with the near name and the list', (name, words) => {
  const done = shuttle('s.yaml', '--to', name);
  expect(done).toMatchObject({ code: 2, stdout: '' });
  expect(done.stderr).toMatch(words);
});

test('what cannot be is told: another system’s programs, an unknown VM', () => {
  expect(shuttle('s.yaml', '--to', 'sandboxie', '--vm', 'app').stderr).toContain('[EXPORT_OTHER_SYSTEM]');
  expect(shuttle('s.yaml', '--to', 'json', '--vm', 'nobody').stderr).toContain('[VM_UNKNOWN]');
});
