// Whatever the rules are, they are read back as they were written, and what a person wrote beside them stays.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldsOf } from '../../../policygen/file/fields.js';
import type { Rule } from '../../../policygen/file/model.js';
import { updateRules } from '../../../policygen/file/update.js';
import { withRules } from './orders.js';
import { rule, rulesOf } from './rules.js';

describe('whatever the rules', () => {
  const awkward = fc.constantFrom(
    "'",
    '"',
    '\\',
    '\n',
    '\t',
    ': ',
    ' #',
    '- ',
    '{{',
    '}}',
    '[',
    ']',
    ',',
    '&',
    '*',
    '!',
    '|',
    '>',
    '%',
    '@',
    '`',
    '\0',
    '\u0085',
    '\u2028',
    '\ufeff',
    'é',
    '名',
    '😀',
    'yes',
    'null',
    '~',
    '1',
    '0x1',
    '1e3',
    '.5',
    '2026-11-22',
    ' ',
    '=',
    '<<',
    'C:',
  );
  const text = fc.array(fc.oneof(awkward, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 })), {
    minLength: 1,
    maxLength: 5,
  });
  const words = text
    .map((list) => list.join('').replace(/[{}]/g, '$&$&'))
    .map((joined) => joined.replaceAll('{{{{', '{{').replaceAll('}}}}', '}}'));
  const anyRule = fc.record({
    object: words,
    note: fc.option(words, { nil: undefined }),
    args: fc.option(fc.array(words, { maxLength: 3 }), { nil: undefined }),
    state: fc.constantFrom('proposed' as const, 'accepted' as const, 'refused' as const),
    times: fc.option(fc.nat(), { nil: undefined }),
  });
  const made = (
    id: string,
    { times, note, args, ...rest }: typeof anyRule extends fc.Arbitrary<infer T> ? T : never,
  ): Rule => ({
    ...rule(id, { allow: 'program.start' }),
    ...rest,
    ...(note === undefined ? {} : { note }),
    ...(args === undefined ? {} : { args }),
    ...(times === undefined ? {} : { evidence: { runs: 1, times } }),
  });
  const sameRules = (text: string, rules: readonly Rule[]) => {
    const found = rulesOf(text);
    expect(found.map(fieldsOf).sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1))).toEqual(
      rules.map(fieldsOf).sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1)),
    );
  };

  test('they are read back as they were written, and comments stay', () => {
    const lists = fc.array(anyRule, { maxLength: 5 });
    fc.assert(
      fc.property(lists, lists, (before, after) => {
        const start = withRules('  # kept').replace('rules:\n', 'rules: # kept too\n');
        const first = before.map((one, at) => made(`r${at}`, one));
        const one = updateRules(start, first);
        sameRules(one, first);
        const second = after.map((rule, at) => made(`r${at * 2}`, rule));
        const two = updateRules(one, second);
        sameRules(two, second);
        expect(two).toContain('# kept too');
        expect(two).toContain('  # kept\n');
        expect(two.startsWith(start.slice(0, start.indexOf('rules:')))).toBe(true);
      }),
      { numRuns: 600 },
    );
  });
});

test.each(['W:\t', 'C:\n"', 'x:"\u0085', 'W:"\u2028'])('%j is not taken for a path in the wrong quotes', (object) => {
  const text = updateRules(withRules(), [rule('a1', { allow: 'window.send', object })]);
  expect(rulesOf(text).map((one) => one.object)).toEqual([object]);
});
