import { describe, expect, test } from 'vitest';
import { mergeRules, rulesAmong } from '../../../policygen/file/merge.js';
import type { Rule } from '../../../policygen/file/model.js';
import { freshId } from '../../../policygen/file/rule_id.js';

function rule(object: string, more: Partial<Rule> = {}): Rule {
  const made = {
    allow: 'unix.connect',
    from: 'app',
    to: 'db',
    object,
    state: 'proposed',
    needed: 'seen',
    ...more,
  } as const;
  return { id: freshId(made, new Set()), ...made } as Rule;
}
const evidence = (runs: number) => ({ runs, of: runs, times: runs });

describe('what a person decided or wrote survives', () => {
  test.each<[string, Partial<Rule>]>([
    ['an accepted rule', { state: 'accepted' }],
    ['a refused rule', { state: 'refused' }],
    ['a rule with a note', { note: 'for the backup' }],
    ['a rule somebody decided about', { decided: { by: 'ann' } }],
    ['a rule with an id of its own', { id: 'mine' }],
  ])('%s, not learnt again', (_name, more) => {
    const kept = rule('/a', more);
    expect(mergeRules([kept], [])).toEqual([kept]);
  });

  test('a rule whose object was edited stands in for the learnt one', () => {
    const learnt = rule('/run/{rest}');
    const edited = { ...learnt, object: '/run/db.sock' };
    expect(mergeRules([edited], [learnt])).toEqual([edited]);
  });

  test('a refused rule is not proposed again', () => {
    const refused = rule('/a', { state: 'refused', id: 'no' });
    expect(mergeRules([refused], [rule('/a', { evidence: evidence(3) })])).toEqual([
      { ...refused, evidence: evidence(3) },
    ]);
  });
});

test('a rule learnt again gets the new evidence and keeps the rest', () => {
  const before = rule('/a', { id: 'mine', state: 'accepted', note: 'n', evidence: evidence(1), needed: 'proven' });
  const after = mergeRules([before], [rule('/a', { evidence: evidence(5), needed: 'seen' })]);
  expect(after).toEqual([{ ...before, evidence: evidence(5) }]);
});

test('a proposal nobody touched goes when it is not learnt again', () => {
  expect(mergeRules([rule('/a'), rule('/b')], [rule('/b')])).toEqual([rule('/b')]);
});

test('the analyzer’s own remark makes no rule a person’s', () => {
  expect(mergeRules([rule('/a', { note: "the loader's own doing" })], [])).toEqual([]);
});

test('new rules come last, in their order', () => {
  const kept = rule('/z', { state: 'accepted' });
  expect(mergeRules([kept], [rule('/b'), rule('/a')]).map((one) => one.object)).toEqual(['/z', '/b', '/a']);
});

test('a carrier that was given another name is called by it', () => {
  const carrier = rule('/c');
  const passed = rule('/p', { allow: 'name.pass', carrier: carrier.id });
  const renamed = { ...carrier, id: 'line' };
  const merged = mergeRules([renamed], [carrier, passed]);
  expect(merged.map((one) => [one.object, one.carrier])).toEqual([
    ['/c', undefined],
    ['/p', 'line'],
  ]);
});

test('a carrier that another rule names stays', () => {
  const carrier = rule('/c');
  const passed = rule('/p', { allow: 'name.pass', carrier: carrier.id, state: 'accepted' });
  expect(mergeRules([carrier, passed], [])).toEqual([carrier, passed]);
});

test('merging twice changes nothing', () => {
  const existing = [rule('/a', { state: 'accepted' }), rule('/b', { note: 'x' }), rule('/c')];
  const learnt = [rule('/c', { evidence: evidence(2) }), rule('/d')];
  const once = mergeRules(existing, learnt);
  expect(mergeRules(once, learnt)).toEqual(once);
});

test('rules of VMs that the file no longer has are left out', () => {
  const rule = (from: string, to: string) => ({ id: `${from} ${to}`, from, to }) as Rule;
  const carried = { ...rule('app', 'host'), id: 'carried', carrier: 'old db' };
  const rules = [
    carried,
    rule('app', 'db'),
    rule('app', 'host:sshd'),
    rule('app:sh', 'net'),
    rule('old', 'db'),
    rule('db', 'old'),
  ];
  expect(rulesAmong(rules, ['app', 'db']).map(({ id }) => id)).toEqual(['app db', 'app host:sshd', 'app:sh net']);
});
