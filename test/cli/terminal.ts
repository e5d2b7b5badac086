// A terminal of a given size that a test looks at: tmux around a program.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export const hasTmux = existsSync('/usr/bin/tmux');

export class Terminal {
  private readonly sockets = mkdtempSync(join(tmpdir(), 'shuttle-tmux-'));

  /** The command line of this tree, with these arguments; what it left behind stays to be seen. */
  constructor(folder: string, size: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const words = [process.execPath, main, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
    this.start(folder, size, `${words}; echo "left with $?"; sleep 600`, env);
  }

  /** Any other command. */
  static of(folder: string, size: string, command: string, env: Readonly<Record<string, string>> = {}): Terminal {
    const terminal = Object.create(Terminal.prototype) as Terminal;
    Object.assign(terminal, { sockets: mkdtempSync(join(tmpdir(), 'shuttle-tmux-')) });
    terminal.start(folder, size, command, env);
    return terminal;
  }

  private start(folder: string, size: string, command: string, env: Readonly<Record<string, string>>): void {
    const [columns = '80', rows = '24'] = size.split('x');
    const set = Object.entries(env)
      .map(([name, value]) => `export ${name}='${value}'; `)
      .join('');
    const place = ['-x', columns, '-y', rows, '-c', folder];
    this.tmux('-f', '/dev/null', 'new-session', '-d', ...place, `${set}${command}`);
  }

  press(...keys: string[]): this {
    for (const key of keys) this.tmux('send-keys', key);
    return this;
  }

  type(text: string): this {
    // A semicolon at the end would end tmux's command.
    this.tmux('send-keys', '-l', '--', text.replace(/;$/, '\\;'));
    return this;
  }

  resize(size: string): this {
    const [columns = '80', rows = '24'] = size.split('x');
    this.tmux('resize-window', '-x', columns, '-y', rows);
    return this;
  }

  screen(...options: string[]): string {
    const lines = this.tmux('capture-pane', '-p', ...options).split('\n');
    return lines
      .map((line) => line.trimEnd())
      .join('\n')
      .trimEnd();
  }

  /** The screen once it holds this text; throws with what is there instead. */
  async showing(text: string | RegExp): Promise<string> {
    for (let tries = 0; tries < 500; tries++) {
      const screen = this.screen();
      if (typeof text === 'string' ? screen.includes(text) : text.test(screen)) return screen;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`never on the screen: ${text}\n${this.screen()}`);
  }

  close(): void {
    this.tmux('kill-server');
    rmSync(this.sockets, { recursive: true, force: true });
  }

  private tmux(...args: string[]): string {
    const env = { ...process.env, TMUX_TMPDIR: this.sockets, TMUX: '', TERM: 'xterm-256color', LANG: 'C.UTF-8' };
    return spawnSync('tmux', ['-L', 'test', ...args], { env, encoding: 'utf8' }).stdout;
  }
}
