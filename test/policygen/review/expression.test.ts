import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Facts, FIELDS, parseExpression } from '../../../policygen/review/expression.js';

const FACTS: Facts = {
  id: 'app-db',
  op: ['file.read', 'file.list'],
  class: ['dependency'],
  from: ['app:sh', 'app'],
  to: ['host'],
  object: '/etc/Hosts file',
  state: 'proposed',
  needed: 'proven',
  risk: 2,
  uncertainty: 0.1,
  rank: 0.2,
  runs: 5,
  of: 5,
  times: 41,
  note: '',
  by: '',
  carrier: '',
  phase: '',
};

test.each<[string, boolean]>([
  ['', true],
  ['  ', true],
  ['needed=proven and risk<3', true],
  ['needed=proven and risk<2', false],
  ['to=net or to=host', true],
  ['to=net', false],
  ['not to=net', true],
  ['not not to=net', false],
  ['not (to=net or risk>=2)', false],
  ['to=net or risk=2 and state=refused', false],
  ['op=file.*', true],
  ['op=file.list', true],
  ['op!=file.list', false],
  ['from=app', true],
  ['from=app:sh', true],
  ['object~hosts', true],
  ['object="/etc/hosts file"', true],
  ["object='/etc/hosts file'", true],
  ['object=/etc/hosts', false],
  ['hosts', true],
  ['APP-DB', true],
  ['nowhere', false],
  ['times>40 and times<=41 and rank!=1', true],
  ['risk > 1', true],
  ['by=""', true],
])('%s: %s', (text, holds) => {
  const parsed = parseExpression(text);
  expect('test' in parsed && parsed.test(FACTS)).toBe(holds);
});

test.each<[string, string, number]>([
  ['riks<3', 'unknown field riks', 0],
  ['risk<', 'a value is wanted after <', 5],
  ['risk<x', 'risk is a number: x is none', 5],
  ['risk~1', 'risk is a number: ~ does not compare it', 5],
  ['to<3', 'to is text', 3],
  ['(to=net', 'a ( that nothing closes', 7],
  ['to=net)', 'unexpected )', 6],
  ['to=net and', 'unexpected the end', 10],
  ['to="net', 'a quote that nothing closes', 3],
  ['= 3', 'unexpected =', 0],
  ['to=net to=host', 'unexpected to', 7],
])('%s: %s at %i', (text, wrong, at) => {
  const parsed = parseExpression(text);
  expect(parsed).toEqual({ wrong: expect.stringContaining(wrong), at });
});

test('any text is an expression or says where it is none', () => {
  const word = fc.constantFrom(
    ...Object.keys(FIELDS),
    'and',
    'or',
    'not',
    '(',
    ')',
    '=',
    '<',
    '~',
    '"',
    "'",
    '\\',
    '3',
    'x',
    '!',
    ' ',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(word).map((words) => words.join(' ')),
      ),
      (text) => {
        const parsed = parseExpression(text);
        if ('test' in parsed) expect(typeof parsed.test(FACTS)).toBe('boolean');
        else expect(parsed.at).toBeLessThanOrEqual(text.length);
      },
    ),
  );
});
