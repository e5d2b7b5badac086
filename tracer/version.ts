import { readFileSync } from 'node:fs';

/** Shuttle's version, from package.json: one folder up in the source tree, two from `dist/cli`. */
function read(): string {
  for (const place of ['../package.json', '../../package.json']) {
    try {
      return (JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')) as { version: string }).version;
    } catch {
      // the other place
    }
  }
  return 'unknown';
}

export const version = read();
