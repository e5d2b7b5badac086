// Names that learning may let a VM own. The proxy opens names one by one, so they must be known before they are asked for:
// those of this machine's applications, which own the name of their desktop file, and those asked for in vain before.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isProtectedName } from './protected.js';

const MOST = 500;

function lines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return [];
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Ids of installed applications that look like names on a bus. */
export function applicationNames(env: NodeJS.ProcessEnv = process.env): string[] {
  const data = [
    env.XDG_DATA_HOME ?? join(env.HOME ?? '/', '.local/share'),
    ...(env.XDG_DATA_DIRS ?? '/usr/local/share:/usr/share').split(':'),
  ];
  return data
    .flatMap((folder) => entries(join(folder, 'applications')))
    .filter((file) => file.endsWith('.desktop') && file.split('.').length > 3)
    .map((file) => file.slice(0, -'.desktop'.length));
}

/** Names asked for in earlier runs, kept in a file of a line each. */
export class AskedNames {
  private readonly names: Set<string>;

  constructor(private readonly file: string | null) {
    this.names = new Set(file === null ? [] : lines(file).slice(0, MOST));
  }

  all(): string[] {
    return [...this.names];
  }

  /** Remembers a name; false where it was known, is protected, or there are too many. */
  add(name: string): boolean {
    if (this.names.has(name) || isProtectedName(name) || this.names.size >= MOST) return false;
    this.names.add(name);
    this.save();
    return true;
  }

  /** A folder that cannot be written to costs the next run its head start, no more. */
  private save(): void {
    if (this.file === null) return;
    try {
      mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
      writeFileSync(this.file, `${this.all().join('\n')}\n`, { mode: 0o600 });
    } catch {}
  }
}
