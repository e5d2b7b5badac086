// A folder with a program, a system file and something outside, and the commands run there as a user would.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { isMap, isSeq, parseDocument } from 'yaml';
import { removeTree } from '../../tracer/vm/remove_tree.js';

const main = inject('main');
const programs = fileURLToPath(new URL('../../fixtures/programs/', import.meta.url));

export interface Who {
  name: string;
  uid: number | null; // null: as whoever runs the tests
}

/** Root tests both; an ordinary user tests himself. */
export const PEOPLE: readonly Who[] =
  process.getuid?.() === 0
    ? [
        { name: 'root', uid: null },
        { name: 'an ordinary user', uid: 1000 },
      ]
    : [{ name: 'this user', uid: null }];

export interface LabRow {
  vm: string;
  op: string;
  object: string;
  peer: string | null;
  peer_image: string | null;
  verdict: string;
  status: number;
  rule: string | null;
  source: string;
  detail: string | null;
}

export interface Ran {
  code: number | null;
  out: string;
  err: string;
  /** The run's folder. */
  run: string;
  rows: LabRow[];
}

export class Lab {
  /** Outside /tmp, which every VM has for itself. */
  readonly folder: string;
  readonly file: string;
  readonly outside: string;
  /** A descriptor that becomes the commands' standard input. */
  input: number | null = null;
  /** How long a command may take, in milliseconds: what hangs is ended, what a busy machine delays is not. */
  patience = 300_000;
  /** Variables of the commands besides PATH and HOME. */
  readonly env: Record<string, string> = {};

  /** `ownState`: Shuttle's state lies in the lab and goes with it; else it is the user's, who has base prefixes there. */
  constructor(
    private readonly who: Who,
    private readonly ownState = true,
  ) {
    this.folder = mkdtempSync(join(process.getuid?.() === 0 ? '/opt' : homedir(), 'shuttle-e2e-'));
    this.file = join(this.folder, 'lab', 'lab.shuttle.yaml');
    this.outside = join(this.folder, 'outside');
    for (const name of ['', 'lab', 'home', 'outside', 'program', 'state']) this.own(mkdir(join(this.folder, name)));
  }

  /** Builds a fixture program; its path. */
  build(name: string): string {
    const to = join(this.folder, 'program', name);
    mkdir(dirname(to));
    execFileSync('cc', ['-O1', '-o', to, join(programs, `${name}.c`), '-lrt', '-pthread']);
    return to;
  }

  /** A file of the host that no VM has by itself. */
  put(name: string, text: string): string {
    const path = join(this.outside, name);
    mkdir(dirname(path));
    writeFileSync(path, text);
    this.own(dirname(path));
    return this.own(path);
  }

  system(text: string): void {
    writeFileSync(this.file, text);
    this.own(this.file);
  }

  /** Takes the rules out of the system file that `drop` names. */
  without(drop: (rule: Record<string, unknown>) => boolean): void {
    const document = parseDocument(readFileSync(this.file, 'utf8'));
    const rules = document.get('rules');
    if (!isSeq(rules)) throw new Error('no rules in the system file');
    rules.items = rules.items.filter((rule) => isMap(rule) && !drop(rule.toJSON() as Record<string, unknown>));
    writeFileSync(this.file, document.toString());
  }

  /** learn or run, and the rows that it recorded. */
  shuttle(...words: string[]): Ran {
    const done = this.command([...words.slice(0, 1), this.file, ...words.slice(1)]);
    const run = runFolder(this.folder);
    const rows = this.command([
      'query',
      run,
      'select * exclude (ts, latency, channel, parent) from interactions order by seq',
      '--json',
    ]);
    if (rows.status !== 0) throw new Error(`no rows: ${done.stderr}${rows.stderr}`);
    return { code: done.status, out: done.stdout, err: done.stderr, run, rows: JSON.parse(rows.stdout) as LabRow[] };
  }

  end(): void {
    if (!this.ownState) this.command(['vm', 'remove', this.file]);
    removeTree(this.folder);
  }

  /** Runs Shuttle with these words, in the system file's folder. */
  command(words: readonly string[], input?: string) {
    const { uid } = this.who;
    return spawnSync(process.execPath, [main, ...words], {
      cwd: dirname(this.file),
      encoding: 'utf8',
      timeout: this.patience,
      maxBuffer: 1 << 28,
      stdio: [this.input ?? 'pipe', 'pipe', 'pipe'],
      ...(input === undefined || this.input !== null ? {} : { input }),
      env: this.environment(),
      ...(uid === null ? {} : { uid, gid: uid }),
    });
  }

  /** What the person's commands find in their environment. */
  environment(): NodeJS.ProcessEnv {
    const state = this.ownState ? { XDG_STATE_HOME: join(this.folder, 'state') } : {};
    return { PATH: process.env.PATH, HOME: join(this.folder, 'home'), ...state, ...this.env };
  }

  /** Makes a file or folder the person's own. */
  give(path: string | Buffer): void {
    this.own(path);
  }

  private own<Path extends string | Buffer>(path: Path): Path {
    if (this.who.uid !== null) chownSync(path, this.who.uid, this.who.uid);
    return path;
  }
}

function mkdir(path: string): string {
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o755);
  return path;
}

function runFolder(folder: string): string {
  const runs = join(folder, 'lab', '.shuttle', 'runs', 'lab');
  const last = readdirSync(runs).sort().at(-1);
  if (!last) throw new Error('no run was recorded');
  return join(runs, last);
}
