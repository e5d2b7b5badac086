import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { blockedIn } from '../../cli/run/blocked.js';

let base = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'shuttle-blocked-'));
});
afterEach(() => rmSync(base, { recursive: true }));

test('a run whose table could not be finished, on a full disk, has nothing to show', async () => {
  expect(await blockedIn(base)).toEqual([]);
});
