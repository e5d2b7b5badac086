// Screens by ink's testing library, and frames by themselves at sizes that no terminal has.
import { render } from 'ink-testing-library';
import { afterEach, expect, test, vi } from 'vitest';
import { frameOf, frameText, LEAST } from '../../../policygen/review/frame.js';
import { type Outside, Screen } from '../../../policygen/review/screen.js';
import { HAND, play, sample } from './sample.js';

const outside: Outside = {
  save: async (state, leave) => ({ do: 'saved', rules: state.rules, message: 'saved', leave }),
  evidence: async (id) => ({ id, rows: [] }),
};

/** A loaded machine draws late. */
const PATIENCE = { timeout: 30_000 };

let unmount = () => {};
afterEach(() => unmount());

async function begin() {
  const { book, state } = sample();
  const shown = render(<Screen book={book} begin={state} hand={HAND} outside={outside} colour={false} />);
  unmount = shown.unmount;
  await vi.waitFor(() => expect(shown.lastFrame()).toContain('? help'), PATIENCE);
  const press = async (keys: string, shows: string) => {
    shown.stdin.write(keys);
    await vi.waitFor(() => expect(shown.lastFrame()).toContain(shows), PATIENCE);
  };
  return { ...shown, press };
}

test('keys one by one', async () => {
  const { press, lastFrame } = await begin();
  expect(lastFrame()).toContain('>[ ] 4 app.exe talks to the network over TCP example.org:443');
  await press('a', '[+] 4 app.exe');
  await press('u', 'taken back');
  await press('\u001b[B', '>[+] 2 app.exe looks up');
  await press('s', 'saved');
  await press('\r', 'no single interaction is recorded');
});

test('keys that come at once each do what the ones before leave them to do', async () => {
  const { press } = await begin();
  await press('r/job\rw', '/run/job-{name}.sock');
  await press('csee Ann\rq', 'Not saved yet');
});

const { book, state } = sample();

test.each([
  [60, 20],
  [40, 10],
  [80, 24],
  [200, 60],
  [39, 10],
  [20, 5],
  [1, 1],
])('a frame of %i by %i fills it and no more', (columns, rows) => {
  for (const now of [
    state,
    play(book, state, { do: 'help' }),
    play(book, state, { do: 'evidence' }),
    play(book, state, { do: 'begin', mode: 'edit' }),
    play(book, state, { do: 'begin', mode: 'filter' }),
    play(book, state, { do: 'decide', state: 'accepted' }, { do: 'quit' }),
  ]) {
    const frame = frameOf(now, book, { columns, rows }, null);
    expect(frame).toHaveLength(rows);
    expect(
      Math.max(
        ...frameText(frame)
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(columns);
  }
  expect(frameText(frameOf(state, book, { columns, rows }, null)).includes('to decide')).toBe(
    columns >= LEAST.columns && rows >= LEAST.rows,
  );
});

test('a name of any length and kind stays on its line', () => {
  const names = ['界'.repeat(20_000), `/${'a/'.repeat(16_000)}`, '/\u202e\u001b[2J\u200b\n', 'שלום/{rest}'];
  for (const name of names) {
    const made = sample([`{ id: x, allow: file.read, from: db, to: host, object: ${JSON.stringify(name)} }`], []);
    const text = frameText(frameOf(made.state, made.book, { columns: 60, rows: 20 }, null));
    expect(text.split('\n')).toHaveLength(20);
    for (const mark of ['\u001b', '\u202e', '\u200b']) expect(text).not.toContain(mark);
  }
});
