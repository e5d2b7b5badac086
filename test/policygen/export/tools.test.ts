// What the targets' own tools say of the exports. A tool that is not installed is told, and its test skipped.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { MXC } from './mxc_schema.js';

const require = createRequire(import.meta.url);
const cedar = require('@cedar-policy/cedar-wasm/nodejs') as typeof import('@cedar-policy/cedar-wasm/nodejs');

const fixtures = fileURLToPath(new URL('../../../fixtures/exports', import.meta.url));
const exportsFor = (target: string): string[] =>
  readdirSync(fixtures)
    .map((system) => join(fixtures, system, target))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((file) => !file.endsWith('.findings'));

const PARSER = '/usr/sbin/apparmor_parser';
const ANALYZE = '/usr/bin/systemd-analyze';
const lackingParser = !existsSync(PARSER) ? ' (skipped: apparmor_parser is not installed)' : '';
const lackingAnalyze = !existsSync(ANALYZE) ? ' (skipped: systemd-analyze is not installed)' : '';

test.skipIf(lackingParser !== '').each(exportsFor('apparmor'))(`apparmor_parser takes %s${lackingParser}`, (file) => {
  const done = spawnSync(PARSER, ['-Q', '-K', file], { encoding: 'utf8' });
  expect(done.stderr.split('\n').filter((line) => line !== '' && !/^Cache read\/write disabled/.test(line))).toEqual(
    [],
  );
  expect(done.status).toBe(0);
});

test.skipIf(lackingParser !== '')(`apparmor_parser reads names as they are meant${lackingParser}`, () => {
  const done = spawnSync(PARSER, ['-Q', '-K', '-D', 'rule-exprs', join(fixtures, 'words/apparmor/shuttle-words-app')], {
    encoding: 'utf8',
  });
  // Where a sign had a meaning of its own, the expression would show it in parentheses: `(x)?`, `([^\x0])*`.
  expect(done.stderr + done.stdout).toContain(' ->  /srv/\\*/?\\[a-z\\]{x,y}^@{HOME} (');
});

// It also looks for the program, which is not here.
const HARMLESS = /is not executable: No such file or directory$|^$/;

test.skipIf(lackingAnalyze !== '').each(exportsFor('systemd'))(
  `systemd-analyze verifies %s${lackingAnalyze}`,
  (file) => {
    const done = spawnSync(ANALYZE, ['verify', '--man=no', file], { encoding: 'utf8' });
    expect(done.stderr.split('\n').filter((line) => !HARMLESS.test(line))).toEqual([]);
  },
);

test.skipIf(lackingAnalyze !== '').each(exportsFor('systemd'))(
  `systemd-analyze finds %s well confined${lackingAnalyze}`,
  (file) => {
    const done = spawnSync(ANALYZE, ['security', '--offline=true', '--threshold=30', '--no-pager', file], {
      encoding: 'utf8',
    });
    expect(done.stdout + done.stderr).toMatch(/Overall exposure level for \S+: [0-2]\.\d OK/);
  },
);

test.each(exportsFor('mxc'))('%s is as MXC publishes its contract', (file) => {
  const validate = new Ajv({ strict: true, allErrors: true }).compile(MXC);
  validate(JSON.parse(readFileSync(file, 'utf8')));
  expect(validate.errors ?? []).toEqual([]);
});

test.each(exportsFor('cedar'))("Cedar's parser takes %s", (file) => {
  expect(cedar.checkParsePolicySet({ staticPolicies: readFileSync(file, 'utf8') })).toEqual({ type: 'success' });
});

test.each([...exportsFor('landlock'), ...exportsFor('flatpak')])('sh takes %s', (file) => {
  expect(spawnSync('/bin/sh', ['-n', file], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
});

test.skipIf(lackingParser !== '')(`a profile that is none is found wanting${lackingParser}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'shuttle-export-'));
  writeFileSync(join(folder, 'bad'), 'abi <abi/3.0>,\nprofile x {\n  "/a" fly,\n}\n');
  expect(spawnSync(PARSER, ['-Q', '-K', join(folder, 'bad')]).status).not.toBe(0);
  rmSync(folder, { recursive: true });
});
