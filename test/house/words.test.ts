import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

test('words.h and ops.h are what contract.mjs makes of words.ts', () => {
  const made = execFileSync(process.execPath, [path('scripts/contract.mjs'), '--print'], { encoding: 'utf8' });
  const committed = ['native/contract/words.h', 'native/windows/ops.h'].map((name) => readFileSync(path(name), 'utf8'));
  expect(committed.join('')).toBe(made);
});

test('the lock file names no registry host', () => {
  expect(readFileSync(path('package-lock.json'), 'utf8')).not.toMatch(
    /"resolved"|https?:\/\/(?!opencollective|github|[^"]*funding)[^"]*registry/,
  );
});
