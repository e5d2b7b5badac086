import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { meant, nearOf } from '../../native/contract/near.js';
import { OPS } from '../../native/contract/words.js';

test.each<[string, readonly string[], string[]]>([
  ['lern', ['learn', 'run', 'merge'], ['learn']],
  ['windws', ['winds', 'windows'], ['windows', 'winds']],
  ['win95', ['win7', 'win10', 'win11'], []],
  ['tcp.conect', OPS, ['tcp.connect']],
  ['tcp.connetc', OPS, ['tcp.connect']],
  ['TCP.Connect', OPS, ['tcp.connect']],
  ['pipe.fly', OPS, []],
  ['db', ['app', 'db2'], ['db2']],
  ['db', ['app', 'bd'], ['bd']],
  ['x', ['a', 'b'], []],
  ['', ['a', 'app'], []],
  ['app', [], []],
  ['cat', ['bat', 'car', 'dog', 'hat', 'rat'], ['bat', 'car', 'hat']],
  ['x'.repeat(101), ['x'.repeat(100)], []],
])('%s among %j', (word, known, near) => expect(nearOf(word, known)).toEqual(near));

test('it is asked, or nothing is said', () =>
  expect([meant('lern', ['learn']), meant('zzz', ['learn'])]).toEqual([' (did you mean learn?)', '']));

test('one letter wrong in a word of four and more is always found', () => {
  const word = fc.stringMatching(/^[a-z]{4,12}$/);
  fc.assert(
    fc.property(word, fc.nat(), fc.constantFrom('left out', 'added', 'other', 'swapped'), (right, place, how) => {
      const at = place % (right.length - 1);
      const [head, tail] = [right.slice(0, at), right.slice(at)];
      const wrong = {
        'left out': head + tail.slice(1),
        added: `${head}q${tail}`,
        other: `${head}q${tail.slice(1)}`,
        swapped: head + tail[1] + tail[0] + tail.slice(2),
      }[how];
      expect(nearOf(wrong, ['zzzzzzzzzzzzzzzz', right])).toEqual([right]);
    }),
  );
});
