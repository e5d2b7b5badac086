import { expect, test } from 'vitest';
import { shownPattern } from '../../../policygen/explain/shown.js';

test.each([
  ['{{0002df01-0000-0000-c000-000000000046}}', '{0002df01-0000-0000-c000-000000000046}'],
  ['HKCR\\CLSID\\{{0002DF01}}\\{rest}', 'HKCR\\CLSID\\{0002DF01}\\{rest}'],
  ['/a/{{My App}}/{{B}}', '/a/{My App}/{B}'],
  ['/a/{uint}', '/a/{uint}'],
  // Would be taken for a token.
  ['/a/{{rest}}', '/a/{{rest}}'],
  ['/a/{{win.pid}}', '/a/{{win.pid}}'],
  ['/a/{{hex:8}}', '/a/{{hex:8}}'],
  ['/a/{{}}', '/a/{{}}'],
  ['{{{{A}}}}', '{{{{A}}}}'],
  // A token between literal braces.
  ['{{{guid}}}', '{{{guid}}}'],
  ['{{{{{guid}}}}}', '{{{{{guid}}}}}'],
  ['{{', '{{'],
  ['}}A{{', '}}A{{'],
])('%s is shown as %s', (pattern, shown) => expect(shownPattern(pattern)).toBe(shown));
