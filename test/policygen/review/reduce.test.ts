import { describe, expect, test } from 'vitest';
import type { Action } from '../../../policygen/review/reduce.js';
import { isChanged, type State, selectedId, selectedRule } from '../../../policygen/review/state.js';
import { play, sample } from './sample.js';

const { book, state } = sample();
const accept: Action = { do: 'decide', state: 'accepted' };
const refuse: Action = { do: 'decide', state: 'refused' };
const propose: Action = { do: 'decide', state: 'proposed' };
const move = (by: number): Action => ({ do: 'move', by });
const to = (id: string): Action[] => [
  { do: 'begin', mode: 'search' },
  { do: 'type', edit: { insert: id } },
  { do: 'enter' },
];
const type = (text: string): Action[] => [
  { do: 'type', edit: { remove: 'all' } },
  { do: 'type', edit: { insert: text } },
  { do: 'enter' },
];
const at = (id: string): State => play(book, state, ...to(id));
const rule = (now: State, id: string) => now.rules.find((one) => one.id === id);
const ids = (now: State) => now.shown.map((entry) => ('id' in entry ? entry.id : `# ${entry.heading}`));

test('rules stand under headings, the weightiest first, the decided last', () => {
  expect(ids(state)).toEqual([
    '# app -> net, ipc',
    'net',
    'old',
    '# db -> host, dependency',
    'etc',
    '# db -> app, ipc',
    'job',
    '# app -> db, ipc',
    'ask',
  ]);
  expect(selectedId(state)).toBe('net');
});

describe('moving', () => {
  test.each<[string, Action[], string]>([
    ['down', [move(1)], 'old'],
    ['over a heading', [move(1), move(1)], 'etc'],
    ['up over a heading', [move(1), move(1), move(-1)], 'old'],
    ['never above the first', [move(-1), move(-10)], 'net'],
    ['never below the last', [move(100), move(1)], 'ask'],
    ['to the end', [{ do: 'go', to: 'last' }], 'ask'],
    [
      'and back',
      [
        { do: 'go', to: 'last' },
        { do: 'go', to: 'first' },
      ],
      'net',
    ],
    ['to the next undecided', [{ do: 'go', to: 'next undecided' }], 'etc'],
    [
      'and round',
      [
        { do: 'go', to: 'last' },
        { do: 'go', to: 'next undecided' },
      ],
      'net',
    ],
    ['searching', to('job'), 'job'],
    ['searching what the sentence says', to('orders/main'), 'etc'],
    ['searching on', [...to('example'), { do: 'again' }], 'net'],
  ])('%s', (_, actions, id) => expect(selectedId(play(book, state, ...actions))).toBe(id));

  test('what is not there is told', () =>
    expect(play(book, state, ...to('nowhere')).message).toBe('not found: nowhere'));
});

describe('deciding', () => {
  test('says who and when, and goes on', () => {
    const now = play(book, state, accept);
    expect(rule(now, 'net')).toMatchObject({ state: 'accepted', decided: { by: 'bob', at: '2026-11-22T12:00:00Z' } });
    expect([selectedId(now), isChanged(now), now.message]).toEqual(['old', true, 'accepted: net']);
  });
  test('what is so already stays', () => {
    const now = play(book, state, move(1), accept);
    expect([isChanged(now), rule(now, 'old')?.decided?.by]).toEqual([false, 'ann']);
  });
  test('proposing again forgets who decided', () => {
    const now = play(book, state, move(1), propose);
    expect(rule(now, 'old')).not.toHaveProperty('decided');
    expect(selectedId(now)).toBe('old');
  });
  test('nothing to decide changes nothing', () => {
    const empty = sample([]).state;
    expect(
      play(book, { ...empty, rules: [], shown: [], entries: [] }, accept, refuse, { do: 'narrow' }, { do: 'split' })
        .rules,
    ).toEqual([]);
  });
});

describe('narrow, widen, edit, split, note', () => {
  test('narrow to what was recorded, widen back and beyond', () => {
    const narrow = play(book, at('job'), { do: 'narrow' });
    expect(selectedRule(narrow)?.object).toBe('/run/job-{hex}.sock');
    const narrower = play(book, narrow, { do: 'narrow' });
    expect(selectedRule(narrower)?.object).toBe('/run/job-{uint}.sock');
    expect(play(book, narrower, { do: 'narrow' }).message).toMatch(/nothing narrower/);
    expect(selectedRule(play(book, at('job'), { do: 'widen' }))?.object).toBe('/run/job-{name}.sock');
    expect(selectedRule(play(book, at('etc'), { do: 'widen' }))?.object).toBe('/etc/orders/{name}');
    expect(selectedRule(play(book, at('ask'), { do: 'widen' }))?.object).toBe('127.0.0.1:{uint}');
  });
  test('an edited pattern keeps the id; an accepted rule is then another one’s decision', () => {
    const now = play(book, state, move(1), { do: 'begin', mode: 'edit' }, ...type('*.example.org'));
    expect(rule(now, 'old')).toMatchObject({ object: '*.example.org', state: 'accepted', decided: { by: 'bob' } });
  });
  test.each([['/run/{'], ['']])('%j cannot be taken', (text) => {
    const now = play(book, at('job'), { do: 'begin', mode: 'edit' }, ...type(text));
    expect([now.mode, isChanged(now)]).toEqual(['edit', false]);
    expect(play(book, now, { do: 'cancel' })).toMatchObject({ mode: 'list', line: { text: '' } });
  });
  test('split by operation, then by name', () => {
    const ops = play(book, at('etc'), { do: 'split' });
    expect(ops.rules.filter(({ object }) => object === '/etc/orders/main.conf').map(({ allow }) => allow)).toEqual([
      'file.read',
      'file.list',
    ]);
    const names = play(book, at('job'), { do: 'split' });
    expect(names.rules.map(({ object }) => object)).toEqual(
      expect.arrayContaining(['/run/job-17.sock', '/run/job-9.sock']),
    );
    expect(names.rules.map(({ id }) => id)).not.toContain('job');
    expect(ids(names)).toHaveLength(ids(state).length + 1);
    expect(play(book, state, { do: 'split' }).message).toBe('it is about one name already');
    const back = play(book, names, { do: 'undo' });
    expect([back.rules, ids(back), selectedId(back)]).toEqual([state.rules, ids(state), 'job']);
    expect(ids(play(book, back, { do: 'redo' }))).toHaveLength(ids(state).length + 1);
  });
  test('a note, and none', () => {
    const now = play(book, state, { do: 'begin', mode: 'note' }, ...type(' ask Ann '));
    expect(rule(now, 'net')?.note).toBe('ask Ann');
    expect(rule(play(book, now, { do: 'begin', mode: 'note' }, ...type('')), 'net')).not.toHaveProperty('note');
  });
});

describe('undo and redo', () => {
  test('every change, and to the rule it was', () => {
    const changed = play(book, state, accept, refuse, ...to('job'), { do: 'narrow' });
    const back = play(book, changed, { do: 'undo' }, { do: 'undo' }, { do: 'undo' });
    expect([back.rules === state.rules, isChanged(back), selectedId(back)]).toEqual([true, false, 'net']);
    const again = play(book, back, { do: 'redo' }, { do: 'redo' }, { do: 'redo' });
    expect([again.rules, selectedId(again)]).toEqual([changed.rules, 'job']);
    expect(play(book, again, { do: 'redo' }).message).toBe('nothing to redo');
    expect(play(book, state, { do: 'undo' }).message).toBe('nothing to undo');
  });
  test('a new change forgets what was taken back', () => {
    expect(play(book, state, accept, { do: 'undo' }, refuse, { do: 'redo' }).message).toBe('nothing to redo');
  });
});

describe('filter', () => {
  const filter = (text: string): Action[] => [{ do: 'begin', mode: 'filter' }, ...type(text)];
  test.each<[string, string[]]>([
    ['to=net', ['# app -> net, ipc', 'net', 'old']],
    ['needed=proven and risk<3', ['# app -> db, ipc', 'ask']],
    ['state=accepted', ['# app -> net, ipc', 'old']],
    ['class=dependency', ['# db -> host, dependency', 'etc']],
  ])('%s', (text, shown) => expect(ids(play(book, state, ...filter(text)))).toEqual(shown));
  test('what is decided stays until the filter is taken again; none shows all', () => {
    const open = play(book, state, ...filter('state=proposed'), accept);
    expect(ids(open)).toContain('net');
    expect(ids(play(book, open, ...filter('state=proposed')))).not.toContain('net');
    expect(ids(play(book, open, ...filter('')))).toEqual(ids(state));
  });
  test('one that is wrong, or finds nothing, is told where it is typed', () => {
    expect(play(book, state, ...filter('riks<3'))).toMatchObject({
      mode: 'filter',
      message: expect.stringContaining('unknown field riks'),
    });
    expect(play(book, state, ...filter('risk>9'))).toMatchObject({ mode: 'filter', message: 'no rule is like that' });
  });
});

describe('leaving and saving', () => {
  test('quitting asks only where something changed', () => {
    expect(play(book, state, { do: 'quit' }).wish.do).toBe('leave');
    const asked = play(book, state, accept, { do: 'quit' });
    expect([asked.mode, asked.wish.do]).toEqual(['leaving', 'nothing']);
    expect(play(book, asked, { do: 'leave' }).wish.do).toBe('leave');
    expect(play(book, asked, { do: 'save and leave' }).wish.do).toBe('save and leave');
    expect(play(book, asked, { do: 'cancel' }).mode).toBe('list');
  });
  test('what was saved is no change any more; what others wrote is gone on with', () => {
    const now = play(book, state, accept, { do: 'save' });
    const saved = play(book, now, { do: 'saved', rules: now.rules, message: 'saved', leave: false });
    expect([isChanged(saved), saved.message, play(book, saved, { do: 'undo' }).message]).toEqual([
      false,
      'saved',
      'taken back',
    ]);
    const merged = now.rules.filter(({ id }) => id !== 'ask');
    const joined = play(book, now, { do: 'saved', rules: merged, message: 'saved', leave: true });
    expect([ids(joined).includes('ask'), joined.wish.do]).toEqual([false, 'leave']);
  });
  test('what failed is told and stays unsaved; conflicts are shown', () => {
    expect(isChanged(play(book, state, accept, { do: 'failed', message: 'EACCES' }))).toBe(true);
    const conflict = { rule: 'net', key: 'state', ours: 'accepted', theirs: 'refused', taken: 'refused' };
    expect(play(book, state, accept, { do: 'failed', message: '', conflicts: [conflict] }).mode).toBe('conflicts');
  });
});

test('evidence and help are scrolled, and left', () => {
  const open = play(book, state, { do: 'evidence' }, move(3), move(-1));
  expect([open.mode, open.scroll, open.wish.do]).toEqual(['evidence', 2, 'show evidence']);
  expect(play(book, open, { do: 'cancel' })).toMatchObject({ mode: 'list', scroll: 0 });
  expect(play(book, state, { do: 'help' }).mode).toBe('help');
});
