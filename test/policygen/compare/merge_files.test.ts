import { expect, test } from 'vitest';
import { mergeFiles } from '../../../policygen/compare/merge_files.js';
import { parseSystemFile } from '../../../policygen/file/parse.js';

const HEAD = `# the orders
shuttle: 1
system: orders
main: app
vms:
  app: { program: [/bin/app] } # talks
  db:
    program: [/bin/db]
`;
const rule = (id: string, object: string, more = 'state: proposed') =>
  `  - { id: ${id}, allow: unix.connect, from: app, to: db, object: '${object}', ${more} }\n`;
const file = (...rules: string[]) => `${HEAD}rules:\n${rules.join('')}`;
const merge = (base: string, ours: string, theirs: string) =>
  mergeFiles({ file: 'base', text: base }, { file: 'ours', text: ours }, { file: 'theirs', text: theirs });
const rulesOf = (text: string) =>
  parseSystemFile(text, 'x').rules.map(({ id, state, object }) => `${id} ${state} ${object}`);

const BASE = file(rule('a', '/a'), rule('b', '/b'));
const decided = (state: string, by: string) => `state: ${state}, decided: { by: ${by}, at: 2026-11-22T10:00:00Z }`;

test.each<[string, string, string, string[]]>([
  [
    'both add',
    file(rule('a', '/a'), rule('b', '/b'), rule('c', '/c')),
    file(rule('a', '/a'), rule('b', '/b'), rule('d', '/d')),
    ['a proposed /a', 'b proposed /b', 'c proposed /c', 'd proposed /d'],
  ],
  ['one removes', file(rule('a', '/a')), BASE, ['a proposed /a']],
  [
    'each decides one',
    file(rule('a', '/a', 'state: accepted'), rule('b', '/b')),
    file(rule('a', '/a'), rule('b', '/b', 'state: refused')),
    ['a accepted /a', 'b refused /b'],
  ],
  ['both do the same', file(rule('a', '/z')), file(rule('a', '/z')), ['a proposed /z']],
  [
    'one narrows, one accepts',
    file(rule('a', '/a', 'state: accepted'), rule('b', '/b')),
    file(rule('a', '/a', 'phase: startup'), rule('b', '/b')),
    ['a accepted /a', 'b proposed /b'],
  ],
])('%s', (_, ours, theirs, expected) => {
  const merged = merge(BASE, ours, theirs);
  expect(merged).toMatchObject({ conflicts: [], unforeseen: [] });
  expect(rulesOf(merged.text)).toEqual(expected);
  expect(merged.text.startsWith(HEAD)).toBe(true);
});

test.each<[string, string, string, string[], string[]]>([
  [
    'accepted and refused',
    file(rule('a', '/a', decided('accepted', 'ann'))),
    file(rule('a', '/a', decided('refused', 'bob'))),
    ['a refused /a'],
    ['state'],
  ],
  ['removed and accepted', file(), file(rule('a', '/a', 'state: accepted')), [], ['rule']],
  [
    'removed and refused',
    file(rule('b', '/b')),
    file(rule('a', '/a', 'state: refused'), rule('b', '/b')),
    ['b proposed /b', 'a refused /a'],
    ['rule'],
  ],
  ['two patterns', file(rule('a', '/{name}')), file(rule('a', '/{uint}')), ['a proposed /{uint}'], ['object']],
])('contradicting: %s', (_, ours, theirs, expected, keys) => {
  const merged = merge(
    file(rule('a', '/a'), ...(ours.includes('id: b') ? [rule('b', '/b')] : [])),
    ours.replace('rules:\n', `rules:${ours.endsWith('rules:\n') ? ' []' : ''}\n`),
    theirs,
  );
  expect(rulesOf(merged.text)).toEqual(expected);
  expect(merged.conflicts.map(({ key }) => key)).toEqual(keys);
});

test('who decided goes with what was decided', () => {
  const merged = merge(
    BASE,
    file(rule('a', '/a', decided('accepted', 'ann')), rule('b', '/b')),
    file(rule('a', '/a', decided('refused', 'bob')), rule('b', '/b')),
  );
  expect(parseSystemFile(merged.text, 'x').rules[0]).toMatchObject({ state: 'refused', decided: { by: 'bob' } });
});

test('what neither side admits is told, although no key contradicts', () => {
  const ours = file(rule('a', '/{name}', 'phase: startup'));
  const base = file(rule('a', '/a', 'phase: startup'));
  const merged = merge(base, ours, file(rule('a', '/a', 'state: accepted')));
  expect(merged.conflicts).toEqual([]);
  expect(merged.unforeseen).toMatchObject([{ rule: 'a', object: '/x' }]);
});

test('keys beside the rules, comments kept', () => {
  const ours = BASE.replace('[/bin/db]', '[/bin/db, -v]');
  const theirs = BASE.replace('main: app', 'main: db').replace(
    'program: [/bin/app]',
    'program: [/bin/app], env: { A: b }',
  );
  const merged = merge(BASE, ours, theirs);
  expect(merged.conflicts).toEqual([]);
  expect(merged.text).toContain('# the orders');
  expect(merged.text).toContain('program: [/bin/app], env: { A: b } } # talks');
  expect(parseSystemFile(merged.text, 'x').system).toMatchObject({
    main: 'db',
    vms: [{}, { program: ['/bin/db', '-v'] }],
  });
});

test('a key that both changed is ours, and told', () => {
  const merged = merge(BASE, BASE.replace('[/bin/db]', '[/a]'), BASE.replace('[/bin/db]', '[/b]'));
  expect(merged.conflicts).toMatchObject([{ key: 'vms.db.program', ours: ['/a'], theirs: ['/b'], taken: ['/a'] }]);
});

test('without a common beginning, and where ours never changed', () => {
  expect(rulesOf(merge('', file(rule('a', '/a')), file(rule('b', '/b'))).text)).toEqual([
    'a proposed /a',
    'b proposed /b',
  ]);
  const theirs = BASE.replace('# the orders', '# all orders');
  expect(merge(BASE, BASE, theirs).text).toBe(theirs);
});
