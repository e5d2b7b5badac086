// What was learnt lets the program do the same again: learn, compile, run, the same output.
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, PEOPLE } from './lab.js';

/** A script for `sh`; `$1` is a folder of the host outside the program's own. */
const SCRIPTS: readonly [name: string, script: string][] = [
  ['a file below a listed folder', 'ls "$1"; cat "$1/inner/deep/file"'],
  ['a folder listed, and one below it', 'ls "$1"; ls "$1/inner"; cat "$1/inner/deep/file"'],
  [
    'something new in a folder never listed',
    'mkdir "$1/logs/made" && echo new > "$1/logs/made/x" && cat "$1/logs/made/x"',
  ],
  [
    'files that are only looked at',
    'test -e "$1/plain" && echo there; test -s "$1/inner/deep/file" && echo long; [ -d "$1/logs" ] && echo folder; stat -c %s-%Y "$1/plain"',
  ],
  ['links on the way', 'cat "$1/current/deep/file"; readlink "$1/current"; [ -L "$1/dangling" ] && echo dangling'],
  ['a file of its own where it starts', 'echo made > own-file && cat own-file && mv own-file other && cat other'],
  [
    'a file saved by a rename',
    'ls "$1" > /dev/null; cat "$1/plain"; echo new > "$1/plain.tmp"; mv "$1/plain.tmp" "$1/plain"; cat "$1/plain"',
  ],
  ['something new beside what is read', 'cat "$1/plain" && echo new > "$1/second" && cat "$1/second"'],
];

describe.each(PEOPLE)('as $name', (who) => {
  describe.each(SCRIPTS)('%s', (_, script) => {
    let lab: Lab;
    beforeAll(() => {
      lab = new Lab(who);
      lab.put('inner/deep/file', 'deep\n');
      lab.put('plain', 'plain\n');
      lab.put('logs/old', 'old\n');
      for (const folder of ['inner', 'inner/deep', 'logs']) lab.give(join(lab.outside, folder));
      symlinkSync('inner', join(lab.outside, 'current'));
      symlinkSync('nowhere', join(lab.outside, 'dangling'));
      const program = ['sh', '-ec', script, 'sh', lab.outside];
      lab.system(`shuttle: 1\nsystem: lab\nmain: a\nvms:\n  a:\n    program: ${JSON.stringify(program)}\n`);
    });
    afterAll(() => lab.end());

    test('is learnt and runs', () => {
      const learnt = lab.shuttle('learn', '--ephemeral');
      expect(learnt).toMatchObject({ code: 0 });
      const ran = lab.shuttle('run', '--ephemeral');
      expect(ran.err).toBe('');
      expect(ran).toMatchObject({ code: 0 });
      expect(learnt.out.startsWith(ran.out)).toBe(true);
      expect(ran.out).not.toBe('');
    });
  });
});
