import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

test('words.h is what contract.mjs makes of words.ts', () => {
  const made = execFileSync(process.execPath, [path('scripts/contract.mjs'), '--print'], { encoding: 'utf8' });
  expect(readFileSync(path('native/contract/words.h'), 'utf8')).toBe(made);
});

test('the lock file names no registry host', () => {
  expect(readFileSync(path('package-lock.json'), 'utf8')).not.toMatch(
    /"resolved"|https?:\/\/(?!opencollective|github|[^"]*funding)[^"]*registry/,
  );
});
