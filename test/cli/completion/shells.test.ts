// Completion as real shells do it: Tab in a terminal, and bash's own function without one.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasTmux, Terminal } from '../terminal.js';

const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const has = (shell: string) => existsSync(`/usr/bin/${shell}`) || existsSync(`/bin/${shell}`);
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shuttle-shells-'));
  for (const name of ['bin', 'home', 'sub.folder']) mkdirSync(join(folder, name));
  symlinkSync(main, join(folder, 'bin/shuttle'));
  writeFileSync(
    join(folder, 'o.shuttle.yaml'),
    'shuttle: 1\nmain: app\nvms:\n  app: { program: [a] }\n  db: { program: [b] }\n',
  );
  writeFileSync(join(folder, 'o ther.yaml'), '');
  writeFileSync(join(folder, 'notes.txt'), '');
  mkdirSync(join(folder, '.shuttle/runs/orders/20261122T101500Z-7f3a'), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

const env = () => ({
  PATH: `${folder}/bin:${join(process.execPath, '..')}:/usr/bin:/bin`,
  HOME: join(folder, 'home'),
  LANG: 'C.UTF-8',
});
const run = (program: string, args: readonly string[]) =>
  spawnSync(program, args, { cwd: folder, env: env(), encoding: 'utf8' });

describe.skipIf(!has('bash'))('bash (skipped where it is missing)', () => {
  /** What bash's function puts into COMPREPLY for a line's words. */
  const replies = (...words: string[]) => {
    const quoted = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
    const script = `source <(shuttle completion bash); COMP_WORDS=(shuttle ${quoted}); COMP_CWORD=${words.length};
      _shuttle shuttle "\${COMP_WORDS[COMP_CWORD]#[\\'\\"]}" '' 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = run('bash', ['--norc', '-c', script]);
    expect(stderr).toBe('');
    return stdout.split('\n').filter(Boolean).sort();
  };

  test.each<[string[], string[]]>([
    [['re'], ['replay', 'report', 'review']],
    [
      ['run', ''],
      ['.shuttle', 'bin', 'home', 'o ther.yaml', 'o.shuttle.yaml', 'sub.folder'],
    ],
    [
      ['run', 'o.shuttle.yaml', '--vm', ''],
      ['app', 'db'],
    ],
    [['query', '--format', '=', 'p'], ['parquet']],
    [
      ['query', '--format', '='],
      ['arrow', 'csv', 'json', 'parquet', 'table'],
    ],
    [['replay', 'o.shuttle.yaml', '2026'], ['20261122T101500Z-7f3a']],
    [['why', 'o.shuttle.yaml', 'app may tcp.c'], ['app\\ may\\ tcp.connect\\ ']],
    [['why', 'o.shuttle.yaml', "'app may tcp.c"], ['app may tcp.connect ']],
  ])('%j', (words, expected) => expect(replies(...words)).toEqual(expected));

  test('its script is clean', () => {
    const script = run('shuttle', ['completion', 'bash']).stdout;
    expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });
});

const STARTS: Readonly<Record<string, readonly [command: string, first: string]>> = {
  bash: ['bash --norc --noprofile', 'PS1="$ "; bind "set bell-style none"; source <(shuttle completion bash)'],
  zsh: ['zsh -f', 'PS1="$ "; autoload -U compinit; compinit -u -D; source <(shuttle completion zsh)'],
  fish: ['fish --no-config', 'function fish_prompt; echo -n "\\$ "; end; shuttle completion fish | source'],
};

describe.each(Object.keys(STARTS))('%s in a terminal', (shell) => {
  const possible = hasTmux && has(shell);
  test.skipIf(!possible)(
    'completes with Tab (skipped where the shell or tmux is missing)',
    { timeout: 120_000 },
    async () => {
      const [command, first] = STARTS[shell]!;
      const terminal = Terminal.of(folder, '100x30', command, { ...env(), TERM: 'xterm-256color' });
      try {
        terminal.type(`${first}; echo 'rea'dy`).press('Enter');
        await terminal.showing(/^ready/m);
        const lines: [typed: string, becomes: string][] = [
          ['shuttle lea', 'shuttle learn'],
          ['shuttle run --aud', 'run --audit'],
          ['shuttle diff o.sh', 'diff o.shuttle.yaml'],
          ['shuttle run o.shuttle.yaml --vm d', '--vm db'],
          ['shuttle query --format par', '--format parquet'],
          ['shuttle replay o.shuttle.yaml 2026', '20261122T101500Z-7f3a'],
          ["shuttle why o.shuttle.yaml 'app may pipe.conn", "'app may pipe.connect"],
        ];
        for (const [typed, becomes] of lines) {
          terminal.type(typed).press('Tab');
          await terminal.showing(becomes);
          terminal.press('C-c', 'Enter');
        }
      } finally {
        terminal.close();
      }
    },
  );
});
