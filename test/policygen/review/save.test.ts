import { expect, test } from 'vitest';
import { parseSystemFile } from '../../../policygen/file/parse.js';
import { savingOf } from '../../../policygen/review/save.js';

const TEXT =
  'shuttle: 1 # one\nvms: { app: { program: [/bin/app] } }\nrules:\n  - { id: a, allow: file.read, from: app, to: host, object: /a }\n';
const base = parseSystemFile(TEXT, 'x').rules;
const mine = base.map((rule) => ({ ...rule, state: 'accepted' as const }));
const saving = (disk: string) => savingOf(TEXT, disk, base, mine, 'x.yaml');

test('a file that nobody touched', () => {
  expect(saving(TEXT)).toMatchObject({
    conflicts: [],
    others: false,
    text: TEXT.replace('object: /a }', 'object: /a, state: accepted }'),
  });
});

test('what others wrote stays', () => {
  const disk = `${TEXT.replace('# one', '# 1')}  - { id: b, allow: file.read, from: app, to: host, object: /b }\n`;
  const made = saving(disk);
  expect(made).toMatchObject({ conflicts: [], others: true, rules: [{ id: 'a', state: 'accepted' }, { id: 'b' }] });
  expect('text' in made && made.text).toContain('# 1');
});

test('what contradicts is told, and the narrower taken', () => {
  const made = saving(TEXT.replace('object: /a', 'object: /a, state: refused'));
  expect(made).toMatchObject({
    conflicts: [{ rule: 'a', key: 'state', ours: 'accepted', theirs: 'refused', taken: 'refused' }],
  });
});

test('what is no system file any more is not written into', () => {
  expect(saving('shuttle: 1\n')).toEqual({ wrong: expect.stringMatching(/^x\.yaml:1:1: /) });
});
