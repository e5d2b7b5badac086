// A database for one command: in memory while the runs are small, else in a file of the temporary folder, so that a
// hundred million rows need no more memory than ten.
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from './duck.js';

const IN_MEMORY = 256 << 20; // bytes of Arrow files
const LIMIT = 1000; // megabytes, to begin with

/** Gives `use` a database fit for these runs, and leaves nothing behind. */
export async function withScratch<T>(folders: readonly string[], use: (database: Database) => Promise<T>): Promise<T> {
  if (folders.reduce((sum, folder) => sum + bytesOf(folder), 0) <= IN_MEMORY) return within(await Database.open(), use);
  const folder = mkdtempSync(join(tmpdir(), 'shuttle-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove); // Ctrl-C ends the process without coming back here
  try {
    return await within(await Database.open(join(folder, 'runs.db'), LIMIT), use);
  } finally {
    process.off('exit', remove);
    remove();
  }
}

async function within<T>(database: Database, use: (database: Database) => Promise<T>): Promise<T> {
  try {
    return await use(database);
  } finally {
    database.close();
  }
}

function bytesOf(folder: string): number {
  const files = ['interactions', 'payloads', 'processes'].flatMap((table) =>
    ['arrow', 'arrows'].map((ending) => join(folder, `${table}.${ending}`)),
  );
  return files.reduce((sum, file) => sum + (existsSync(file) ? statSync(file).size : 0), 0);
}
