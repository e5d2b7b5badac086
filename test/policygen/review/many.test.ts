// A review of as many rules as nobody writes by hand: every key is answered. How fast is a row of the bench.
import { expect, test } from 'vitest';
import { measureKeys } from '../../../policygen/review/bench.js';

test('every key of a review of 5,000 rules', async () => {
  const keys = await measureKeys(5_000);
  expect(keys.length).toBeGreaterThan(40);
  expect(keys.filter(({ ms }) => ms <= 0).map(({ key }) => key)).toEqual([]);
}, 120_000);
