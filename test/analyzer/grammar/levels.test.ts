// What each level of a family costs, and which is the best.
import { expect, test } from 'vitest';
import { bitsOf, levelsOf } from '../../../analyzer/grammar/levels.js';
import { printPattern } from '../../../analyzer/pattern/text.js';
import type { Pattern } from '../../../native/contract/rules.js';

const item = (name: string, ...runs: number[]) => ({
  text: name,
  parts: [name],
  runs,
  members: runs.map((run) => ({ name, run })),
});
const UINT: Pattern = ['/run/job-', { token: 'uint' }, '.sock'];
const scored = (items: ReturnType<typeof item>[], runs: number) =>
  levelsOf({ pattern: UINT, items }, { runs, threshold: 8 }).map(({ pattern, denied }) => [
    pattern === 'list' ? 'list' : printPattern(pattern),
    denied,
  ]);

test('of levels with the same error the shortest is first, and a list that denies more is last', () => {
  const items = ['4711', '815', '1207'].map((number, run) => item(`/run/job-${number}.sock`, run));
  expect(scored(items, 3)).toEqual([
    ['/run/job-{uint}.sock', 0],
    ['/run/job-{word}.sock', 0],
    ['/run/job-{name}.sock', 0],
    ['/run/job-{rest}.sock', 0],
    ['list', 3],
  ]);
});

test('a list of what always comes back is as right as a pattern, and shorter', () => {
  const items = ['4711', '815'].map((number) => item(`/run/job-${number}.sock`, ...Array(90).keys()));
  expect(scored(items, 90)[0]).toEqual(['list', 0]);
});

test('a rule that writes out more says less of each name', () => {
  const names = ['4711', '815'].map((number) => item(`/run/job-${number}.sock`, 0));
  const bits = (...rules: Pattern[]) => bitsOf(rules, names);
  expect(bits(UINT)).toBeLessThan(bits(['/run/', { token: 'word' }, '.sock']));
  expect(bits(UINT)).toBeLessThan(bits(...names.map(({ text }) => [text])));
  expect(bits(['/run/job-', { token: 'hex' }, '.sock'])).toBeGreaterThan(bits(UINT));
});
