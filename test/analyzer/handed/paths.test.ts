import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PathFinder } from '../../../analyzer/handed/paths.js';

function finds(name: string, text: string, fold = true): boolean {
  const finder = new PathFinder(fold);
  finder.add(name, 1);
  let found = false;
  finder.find(text, () => {
    found = true;
  });
  return found;
}

test.each<[string, string, boolean]>([
  ['C:\\data\\a b.txt', 'open C:\\data\\a b.txt now', true],
  ['C:\\data\\a b.txt', 'open c:/DATA/A B.TXT', true],
  ['C:\\data\\a.txt', '\\\\?\\C:\\data\\a.txt', true],
  ['C:\\data\\a.txt', '\\\\localhost\\C$\\data\\a.txt', true],
  ['C:\\data\\a.txt', 'file:///C:/data/a.txt', true],
  ['\\\\server\\share\\a.txt', '\\\\?\\UNC\\server\\share\\a.txt', false],
  ['\\\\server\\share\\a.txt', 'see \\\\server\\share\\a.txt.', true],
  ['C:\\Program Files\\reporting.json', 'C:\\PROGRA~1\\REPORT~2.JSO', true],
  ['Z:\\srv\\a.txt', 'open /srv/a.txt', true],
  ['/srv/a.txt', 'Z:\\srv\\a.txt', true],
  ['/srv/a.txt', 'file://host/srv/a.txt', true],
  ['/srv/a.txt', '/srv/a.txt.', true],
  ['/srv/a.txt', '/srv/a.txt2', false],
  ['/srv/a.txt', '/srv/a.txt/b', false],
  ['/srv/a.txt', '/usr/srv/a.txt', false],
  ['/srv/a', '/srv/a.txt', false],
  ['plain', 'plain', false],
])('%s in %s: %s', (name, text, expected) => expect(finds(name, text)).toBe(expected));

test('case counts where it does for the receiver', () => {
  expect(finds('/srv/A.txt', '/srv/a.txt', false)).toBe(false);
});

test('a name is found between any quotes', () => {
  const part = fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9_ .-]{0,10}[a-zA-Z0-9_]$/);
  fc.assert(
    fc.property(
      fc.array(part, { minLength: 2, maxLength: 5 }),
      fc.constantFrom('"', "'", '\n', '\0'),
      (parts, quote) => {
        const name = `/${parts.join('/')}`;
        return finds(name, `x ${quote}${name}${quote} y`, false);
      },
    ),
  );
});

test('names and texts made to be slow are not', () => {
  const finder = new PathFinder(false);
  for (let n = 1; n < 400; n++) finder.add(`/${'a/'.repeat(n)}a`, n);
  let found = 0;
  finder.find('/a'.repeat(50_000), () => found++);
  expect(found).toBe(0);
});
