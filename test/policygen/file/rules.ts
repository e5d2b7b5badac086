// Rules as the tests of a file's rewriting make and read them.
import type { Rule } from '../../../policygen/file/model.js';
import { parseSystemFile } from '../../../policygen/file/parse.js';

export const rulesOf = (text: string): readonly Rule[] => parseSystemFile(text, 'f').rules;

export const rule = (id: string, more: Partial<Rule> = {}): Rule => ({
  id,
  allow: 'tcp.connect',
  from: 'app',
  to: 'db',
  object: 'db:1',
  state: 'proposed',
  needed: 'seen',
  ...more,
});
