import { expect, test } from 'vitest';
import { Namespace } from '../../analyzer/namespace.js';
import { readPattern } from '../../analyzer/pattern/text.js';

const names = new Namespace(['/run/a-1', '/run/a-2', '/run/a-x', '/run/b-1', '/tmp/a-1', '/run/A-3']);

test.each<[string, string[], boolean, number]>([
  ['/run/a-{uint}', ['/run/a-1'], false, 1],
  ['/run/a-{word}', [], false, 3],
  ['/run/a-{uint}', ['/run/a-1'], true, 2],
  ['{rest}', [], false, 6],
  ['/nowhere/{rest}', [], false, 0],
])('%s beside %j', (pattern, own, fold, also) => {
  const members = own.map((name) => ({ name }));
  expect(names.beside(readPattern(pattern), members, fold)).toBe(also);
});

test('pricing ends where nobody would read on', () => {
  const many = new Namespace(Array.from({ length: 2000 }, (_, n) => `/x/${n}`));
  for (let n = 0; n < 3000 && many.isOpen; n++) many.beside(readPattern('/x/{uint}'), [], false);
  expect(many.isOpen).toBe(false);
});
