import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellWord } from '../../cli/shell_word.js';

test.each([
  ['plain.yaml', 'plain.yaml'],
  ['/srv/größe/a-b_c.yaml', '/srv/größe/a-b_c.yaml'],
  ['two words', "'two words'"],
  ["it's", "'it'\\''s'"],
  ['$HOME', "'$HOME'"],
  ['', "''"],
])('%s', (word, typed) => {
  expect(shellWord(word)).toBe(typed);
  expect(execFileSync('sh', ['-c', `printf %s ${typed}`], { encoding: 'utf8' })).toBe(word);
});
