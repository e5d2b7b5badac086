import { expect, test } from 'vitest';
import type { SeenName } from '../../../analyzer/grammar/names.js';
import type { Rule } from '../../../policygen/file/model.js';
import { Claims } from '../../../policygen/review/claims.js';

const names = Array.from({ length: 3_000 }, (_, at): SeenName => ({ name: `/${at}`, sightings: [] }));
const rule = (id: string): Rule => ({
  id,
  allow: 'file.read',
  from: 'a',
  to: 'host',
  object: id,
  state: 'proposed',
  needed: 'seen',
});
const [few, other, wide] = [rule('few'), rule('other'), rule('wide')];
const admits = new Map([
  [few, names.slice(0, 3)],
  [other, names.slice(2, 4)],
  [wide, names],
]);

/** Places of the names that a chosen rule of these admits. */
const admitted = (claims: Claims, rules: readonly Rule[], chosen: readonly Rule[]) => {
  claims.follow(rules);
  const test = claims.admittedWhere((one) => chosen.includes(one));
  return names.flatMap((name, at) => (test(name) ? [at] : []));
};

test('it follows rules that come and go, narrow and wide', () => {
  const claims = new Claims((one) => admits.get(one)!);
  expect(admitted(claims, [few, other], [few, other])).toEqual([0, 1, 2, 3]);
  expect(admitted(claims, [few, other], [other])).toEqual([2, 3]);
  expect(admitted(claims, [other], [few, other])).toEqual([2, 3]);
  expect(admitted(claims, [other, wide], [wide])).toHaveLength(3_000);
  expect(admitted(claims, [few, other], [few, other, wide])).toEqual([0, 1, 2, 3]);
  expect(admitted(claims, [], [few, other, wide])).toEqual([]);
});
