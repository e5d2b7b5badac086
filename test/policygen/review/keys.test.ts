import { expect, test } from 'vitest';
import { actionOf, KEYS, nameOf, pressesOf, TYPING } from '../../../policygen/review/keys.js';
import { editLine } from '../../../policygen/review/line.js';

test.each([
  ['', { upArrow: true }, 'up'],
  ['', { return: true }, 'return'],
  ['', { backspace: true }, 'backspace'],
  ['', { delete: true }, 'backspace'],
  ['c', { ctrl: true }, 'ctrl+c'],
  [' ', {}, 'space'],
  ['G', {}, 'G'],
])('%j %j is %s', (input, key, name) => expect(nameOf(input, key)).toBe(name));

test.each([
  ['list', 'a', { do: 'decide', state: 'accepted' }],
  ['list', 'down', { do: 'move', by: 1 }],
  ['list', '!', null],
  ['edit', 'a', { do: 'type', edit: { insert: 'a' } }],
  ['edit', 'space', { do: 'type', edit: { insert: ' ' } }],
  ['edit', 'return', { do: 'enter' }],
  ['leaving', 'a', null],
  ['leaving', 'd', { do: 'leave' }],
  ['evidence', 'q', { do: 'cancel' }],
  ['conflicts', 's', { do: 'save' }],
] as const)('in %s, %s: %j', (mode, name, action) => {
  const text = name.length === 1 ? name : name === 'space' ? ' ' : '';
  expect(actionOf(mode, name, text)).toEqual(action);
});

test.each([...Object.entries(KEYS), ['typing', TYPING] as const])('no key of %s does two things', (_, keys) => {
  const all = keys!.flatMap((key) => key.keys);
  expect(all).toHaveLength(new Set(all).size);
  expect(all.some((key) => key === 'escape' || key === 'q')).toBe(true);
});

test.each([
  ['abc', 3, { insert: 'd' }, 'abcd', 4],
  ['abc', 1, { insert: 'x\u001b[2J\ny' }, 'ax[2Jybc', 6],
  ['abc', 0, { remove: 'before' }, 'abc', 0],
  ['abc', 2, { remove: 'before' }, 'ac', 1],
  ['abc', 3, { remove: 'after' }, 'abc', 3],
  ['abc', 0, { remove: 'after' }, 'bc', 0],
  ['a😀c', 3, { remove: 'before' }, 'ac', 1],
  ['a😀c', 1, { move: 1 }, 'a😀c', 3],
  ['abc', 0, { move: -1 }, 'abc', 0],
  ['abc', 1, { move: 'end' }, 'abc', 3],
  ['abc', 2, { remove: 'all' }, '', 0],
] as const)('%j at %i, %j', (text, at, edit, made, place) =>
  expect(editLine({ text, at }, edit)).toEqual({ text: made, at: place }),
);

test.each([
  ['a', {}, [['a', 'a']]],
  [' ', {}, [['space', ' ']]],
  [
    'aq',
    {},
    [
      ['a', 'a'],
      ['q', 'q'],
    ],
  ],
  [
    'G\r',
    {},
    [
      ['G', 'G'],
      ['return', ''],
    ],
  ],
  [
    'a\tb',
    {},
    [
      ['a', 'a'],
      ['tab', ''],
      ['b', 'b'],
    ],
  ],
  [
    '\u0015x',
    {},
    [
      ['ctrl+u', ''],
      ['x', 'x'],
    ],
  ],
  ['c', { ctrl: true }, [['ctrl+c', '']]],
  ['', { upArrow: true }, [['up', '']]],
  ['', { escape: true }, [['escape', '']]],
] as const)('%j %j comes as %j', (input, key, presses) =>
  expect(pressesOf(input, key).map(({ name, text }) => [name, text])).toEqual(presses),
);
