import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { everyStatement, saysSomething, statementsOf } from '../../../analyzer/ask/statements.js';

test.each<[string, string[], string, boolean]>([
  ['', [], '', false],
  ['select 1', [], 'select 1', false],
  ['select 1;', ['select 1'], '', false],
  ['select 1; select', ['select 1'], ' select', false],
  [';; ;', [], '', false],
  ["select ';'; x", ["select ';'"], ' x', false],
  ["select 'it''s;'; x", ["select 'it''s;'"], ' x', false],
  ["select E'\\';'; x", ["select E'\\';'"], ' x', false],
  ['select ";""";', ['select ";"""'], '', false],
  ['-- a;\nselect 1;', ['-- a;\nselect 1'], '', false],
  ['-- only a comment;', [], '-- only a comment;', false],
  ['/* ; */ ;', [], '', false],
  ['select $$;$$; $a$ ; $$ $a$;', ['select $$;$$', '$a$ ; $$ $a$'], '', false],
  ['select $1; x', ['select $1'], ' x', false],
  ["select 'open; ", [], "select 'open; ", true],
  ['select /* open; ', [], 'select /* open; ', true],
])('%j', (text, whole, rest, open) => expect(statementsOf(text)).toEqual({ whole, rest, open }));

test('every statement, the last one without its semicolon too', () =>
  expect(everyStatement("a; 'b;'; -- c;\n d")).toEqual(['a', "'b;'", '-- c;\n d']));

test('comments and blanks say nothing', () =>
  expect(['', ' \n', '-- x', '/* x */ -- y', '/* x'].filter(saysSomething)).toEqual([]));

test('whatever the text, nothing of it is lost and statements stay statements', () => {
  const pieces = fc.array(fc.constantFrom("'", '"', ';', '--', '\n', '/*', '*/', '$$', '$a$', 'x', ' ', "e'", '\\'));
  fc.assert(
    fc.property(pieces, (words) => {
      const text = words.join('');
      const { whole, rest, open } = statementsOf(text);
      const bare = (one: string) => one.replaceAll(/[\s;]/g, '');
      // What says nothing is left out; everything else is there in its order.
      let from = 0;
      for (const statement of whole) {
        const at = text.indexOf(statement, from);
        expect(at).toBeGreaterThanOrEqual(from);
        from = at + statement.length;
        expect(statementsOf(`${statement}\n;`).whole).toEqual([statement]);
      }
      expect(bare(text).endsWith(bare(rest))).toBe(true);
      if (!open) expect(statementsOf(`${rest}\n;`).rest === '' || rest.includes('--')).toBe(true);
    }),
  );
});
