import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Entry {
  optionalDependencies?: Record<string, string>;
  resolved?: string;
}
const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as {
  packages: Record<string, Entry>;
};
const entries = Object.values(lock.packages);

// A registry that lacks another platform's package leaves it out of the lock, and npm ci then refuses the whole file.
test('the lock names every platform’s packages', () => {
  const wanted = entries.flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
  expect(wanted.filter((name) => lock.packages[`node_modules/${name}`] === undefined)).toEqual([]);
});

test('the lock names no registry', () => expect(entries.filter((entry) => entry.resolved !== undefined)).toEqual([]));
