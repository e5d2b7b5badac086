import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { noteTried, triedLately } from '../../scripts/tried.mjs';

const folder = mkdtempSync(join(tmpdir(), 'shuttle-tried-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const HOUR = 3_600_000;

test('what was tried is remembered for a day, each for itself', () => {
  const env = { XDG_CACHE_HOME: join(folder, 'cache') };
  const now = 1_000 * HOUR;
  expect(triedLately('wine32', { env, now })).toBe(false);
  noteTried('wine32', { env, now });
  noteTried('redis', { env, now: now + HOUR });
  const after = (hours: number, name = 'wine32') => triedLately(name, { env, now: now + hours * HOUR });
  expect([after(0), after(23), after(24), after(24, 'redis'), after(-1)]).toEqual([true, true, false, true, false]);
});

test('a note that is damaged or cannot be written is no note', () => {
  const env = { XDG_CACHE_HOME: join(folder, 'damaged') };
  mkdirSync(join(env.XDG_CACHE_HOME, 'shuttle'), { recursive: true });
  writeFileSync(join(env.XDG_CACHE_HOME, 'shuttle/tried.json'), '{');
  expect(triedLately('wine32', { env })).toBe(false);
  const nowhere = { XDG_CACHE_HOME: '/dev/null/nowhere' };
  noteTried('wine32', { env: nowhere });
  expect(triedLately('wine32', { env: nowhere })).toBe(false);
});
