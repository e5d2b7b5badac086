import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COMMANDS } from '../../../cli/commands.js';
import { candidatesFor } from '../../../cli/completion/candidates.js';
import { known } from '../../../cli/completion/known.js';
import { wholeTree } from '../../../cli/program.js';

let tree: Command;
let folder = '';
const before = process.cwd();
beforeAll(async () => {
  tree = await wholeTree();
  folder = mkdtempSync(join(tmpdir(), 'shuttle-words-'));
  writeFileSync(
    join(folder, 'o.shuttle.yaml'),
    'shuttle: 1\nmain: app\nvms:\n  app: { program: [a] }\n  db: { program: [b] }\n',
  );
  writeFileSync(join(folder, 'bad.yaml'), 'vms: [');
  for (const id of ['20261122T101500Z-7f3a', '20261122T101501Z-7f3b'])
    mkdirSync(join(folder, '.shuttle/runs/orders', id), { recursive: true });
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

/** Candidates and what the shell is asked for, of the words of a line; the last one is being typed. */
const of = (line: readonly string[]) => {
  const { candidates, paths } = candidatesFor(tree, line.slice(0, -1), line.at(-1)!, known);
  return [...candidates.map(({ word }) => word), ...(paths === undefined ? [] : [`:${paths}`])];
};

test.each<[string[], string[]]>([
  [[''], Object.keys(COMMANDS)],
  [['re'], ['replay', 'review', 'report']],
  [
    ['vm', ''],
    ['list', 'diff', 'commit', 'copy', 'reset', 'remove'],
  ],
  [['run', ''], [':system files']],
  [
    ['run', 'o.shuttle.yaml', '--vm', ''],
    ['app', 'db'],
  ],
  [['run', 'o.shuttle.yaml', '--vm=d'], ['--vm=db']],
  [['run', '--vm', ''], []],
  [['run', 'bad.yaml', '--vm', ''], []],
  [['run', 'nowhere.yaml', '--vm', ''], []],
  [
    ['run', '--payload', ''],
    ['none', 'head', 'full'],
  ],
  [['run', '--timeout', ''], []],
  [['run', '--au'], ['--audit']],
  [['run', '--audit', '--au'], []],
  [['learn', '--expose', 'a', '--ex'], ['--expose']],
  [['learn', './prog', '--'], [':files']],
  [['learn', 'o.shuttle.yaml', '--ru'], ['--runs']],
  [['run', '--', '--au'], [':system files']],
  [
    ['vm', 'diff', 'o.shuttle.yaml', ''],
    ['app', 'db'],
  ],
  [
    ['vm', 'diff', '--layer', ''],
    ['learn', 'enforce'],
  ],
  [['query', 'o.shuttle.yaml', '--format', 'p'], ['parquet']],
  [['query', '--format=a'], ['--format=arrow']],
  [
    ['replay', 'o.shuttle.yaml', '2026'],
    ['20261122T101501Z-7f3b', '20261122T101500Z-7f3a', ':files'],
  ],
  [['replay', 'o.shuttle.yaml', 'x/', './'], [':files']],
  [
    ['why', 'o.shuttle.yaml', ''],
    ['app may ', 'db may '],
  ],
  [
    ['why', 'o.shuttle.yaml', 'app may pipe.'],
    ['app may pipe.serve ', 'app may pipe.connect '],
  ],
  [['why', 'o.shuttle.yaml', 'app may pipe.connect d'], ['app may pipe.connect db ']],
  [['why', 'o.shuttle.yaml', 'q', 'r', ''], []],
  [['review', 'o.shuttle.yaml', '--where', 'ne'], ['needed']],
  [['review', 'o.shuttle.yaml', '--where', 'risk<3 and needed=p'], ['risk<3 and needed=proven']],
  [['review', 'o.shuttle.yaml', '--accept', 'not (state!=re'], ['not (state!=refused']],
  [['merge', 'a', 'b', 'c', ''], []],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [['nonsense', 'x', ''], []],
  [
    ['doctor', '--bogus', '-'],
    ['--json', '--help'],
  ],
])('%j', (line, candidates) => expect(of(line)).toEqual(candidates));
