// `report` as it is called.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeRun } from '../analyzer/write_run.js';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shuttle-report-'));
  const read = { op: 'file.read', object: '/srv/<b>', peer: 'host', image: '/bin/app', verdict: 'shuttled' };
  for (const id of ['a', 'b']) writeRun(join(folder, '.shuttle/runs/s', id), { id, system: 's', interactions: [read] });
  const rule = `{ id: r, allow: file.read, from: app, to: host, object: '/srv/<b>', evidence: { runs: 2, of: 2, times: 2 } }`;
  writeFileSync(
    join(folder, 's.yaml'),
    `shuttle: 1\nsystem: s\nmain: app\nvms:\n  app: { program: [/bin/app] }\nrules:\n  - ${rule}\n`,
  );
  writeFileSync(
    join(folder, 'new.yaml'),
    `shuttle: 1\nsystem: new\nmain: app\nvms:\n  app: { program: [/bin/app] }\nrules:\n  - ${rule}\n`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

function shuttle(...args: string[]) {
  const done = spawnSync(process.execPath, [main, 'report', ...args], { cwd: folder, encoding: 'utf8' });
  return { code: done.status, stdout: done.stdout, stderr: done.stderr };
}

test('a system file brings its runs; the page is the same twice', () => {
  expect(shuttle('s.yaml', '-o', 'one.html')).toMatchObject({ code: 0, stdout: '', stderr: 'written to one.html\n' });
  expect(shuttle('s.yaml', '-o', 'two.html').code).toBe(0);
  const page = readFileSync(join(folder, 'one.html'), 'utf8');
  expect(readFileSync(join(folder, 'two.html'), 'utf8')).toBe(page);
  expect(page).toContain('/srv/&lt;b&gt;');
  expect(page).not.toContain('<b>');
});

test('runs alone bring the rules they propose', () => {
  const done = JSON.parse(shuttle('a', 'b', '--json').stdout);
  expect(done).toMatchObject({ written: null, system: 's', vms: ['app'], rules: [{ object: '/srv/<b>', risk: 2 }] });
  expect(done.curve.map(({ known }: { known: number }) => known)).toEqual([1, 1]);
});

test('the picture alone, and Markdown', () => {
  expect(shuttle('s.yaml', '--svg').stdout).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<svg [^>]*xmlns=/);
  expect(shuttle('s.yaml', '--markdown').stdout).toContain(
    '| 2 | proposed | `app` | file.read | `host` | `/srv/<b>` | unknown |',
  );
  expect(shuttle('s.yaml', '--svg', '--markdown').code).toBe(2);
});

test('without runs the rules are drawn', () => {
  const done = shuttle('new.yaml', '--markdown');
  expect(done).toMatchObject({ code: 0, stderr: '' });
  expect(done.stdout).toContain('1 rule; no recorded runs.');
});
