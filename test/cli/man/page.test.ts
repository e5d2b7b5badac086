import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { beforeAll, expect, test } from 'vitest';
import { manualPage } from '../../../cli/man/page.js';
import { wholeTree } from '../../../cli/program.js';

let tree: Command;
let page = '';
beforeAll(async () => {
  tree = await wholeTree();
  page = manualPage(tree, '1.2.3');
});

const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];

test('every command and every option stands in it, with examples', () => {
  const plain = page.replaceAll('\\-', '-').replaceAll(/\\f[BR]/g, '');
  for (const command of all(tree)) {
    if (command.parent !== null && command.commands.length === 0) expect(plain).toContain(`${command.name()} `);
    for (const { flags, hidden } of command.options) if (!hidden) expect(plain).toContain(`\n${flags}\n`);
  }
  expect(plain).toContain('\nshuttle learn ./server --port 8080 ');
  expect(plain).not.toContain('--words');
});

test('a line that begins with a dot or a quote is text', () => {
  const lines = page.split('\n').filter((line) => /^[.']/.test(line));
  expect(lines.filter((line) => !/^\.(TH|SH|SS|TP|PP|RS|RE|nf|fi|br)\b/.test(line))).toEqual([]);
});

test.skipIf(!existsSync('/usr/bin/groff'))('groff has nothing to complain of (skipped where it is missing)', () => {
  const done = spawnSync('groff', ['-man', '-Tutf8', '-wall', '-z', '-K', 'utf8'], { input: page, encoding: 'utf8' });
  expect(done.stderr).toBe('');
});

test.skipIf(!existsSync('/usr/bin/man'))(
  'man neither, and shows examples as they are typed (skipped where it is missing)',
  () => {
    const env = { ...process.env, MANWIDTH: '120', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' };
    const done = spawnSync('man', ['--warnings', '-l', '-'], { input: page, encoding: 'utf8', env });
    expect(done.stderr).toBe('');
    const shown = done.stdout.replaceAll(new RegExp(`.${String.fromCharCode(8)}`, 'g'), '');
    expect(shown).toContain(`shuttle why orders.shuttle.yaml 'app may pipe.connect \\\\.\\pipe\\ledger'`);
    expect(shown).toContain(`shuttle query orders.shuttle.yaml --format parquet -o rows.parquet 'from interactions'`);
  },
);
