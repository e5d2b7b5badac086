// The review line by line: no cursor moves, nothing is painted over, so that a screen reader can follow.
import { createInterface } from 'node:readline';
import type { Book } from '../../policygen/review/book.js';
import { detailRows } from '../../policygen/review/detail.js';
import { evidenceRows } from '../../policygen/review/evidence_rows.js';
import { helpRows } from '../../policygen/review/help.js';
import { actionOf } from '../../policygen/review/keys.js';
import { type Action, type Hand, reduce } from '../../policygen/review/reduce.js';
import type { Outside } from '../../policygen/review/screen.js';
import { type State, selectedRule, undecided } from '../../policygen/review/state.js';
import { rowText } from '../../policygen/review/text.js';
import { line } from '../print.js';

interface Talk {
  book: Book;
  begin: State;
  hand: Hand;
  outside: Outside;
}

// Lines are as long as they are: the reader breaks them.
const WIDE = 2000;
const DETAILS = 12;

const WORDS: Readonly<Record<string, string>> = {
  '': 'down',
  next: 'down',
  back: 'up',
  b: 'up',
  v: 'return',
  accept: 'a',
  refuse: 'r',
  narrow: 'n',
  widen: 'w',
  edit: 'e',
  split: 'x',
  note: 'c',
  undo: 'u',
  redo: 'y',
  search: '/',
  filter: 'f',
  save: 's',
  quit: 'q',
  help: '?',
};

const PROMPTS: Readonly<Partial<Record<State['mode'], string>>> = {
  edit: 'new pattern, or nothing to leave it: ',
  note: 'note, or nothing to leave it: ',
  search: 'look for: ',
  filter: 'filter, or nothing for all rules: ',
  leaving: 'not saved yet: s save and leave, d leave without saving, Enter stay: ',
  conflicts: 's save with the narrower of both, Enter go on without saving: ',
};

/** Talks until the review is left, or the input ends. */
export async function talk(given: Talk): Promise<void> {
  const reader = createInterface({ input: process.stdin, output: process.stdout, terminal: false });
  let state = given.begin;
  say(introduce(state, given.book));
  ask(state);
  for await (const answer of reader) {
    state = await answered(state, answer.trim(), given);
    if (state.wish.do === 'leave') break;
    ask(state);
  }
  reader.close();
}

const ask = (state: State): void => {
  process.stdout.write(
    PROMPTS[state.mode] ?? 'a accept, r refuse, Enter next, b back, v evidence, ? help, s save, q quit: ',
  );
};

const say = (lines: readonly string[]): void => {
  for (const text of lines) line(text);
};

function introduce(state: State, book: Book): string[] {
  const rule = selectedRule(state);
  if (rule === null) return ['No rules: nothing crossed the wall.'];
  const place = `${state.rules.indexOf(rule) + 1} of ${state.rules.length}, ${undecided(state.rules)} to decide`;
  return ['', `Rule ${place}. ${rule.from} to ${rule.to}.`, ...detailRows(state, book, WIDE, DETAILS).map(rowText)];
}

async function answered(state: State, answer: string, { book, hand, outside }: Talk): Promise<State> {
  const step = (now: State, action: Action) => reduce(now, action, book, hand);
  let next = state;
  for (const action of actionsOf(state, answer)) next = step(next, action);
  if (next === state && answer !== '') say([`not a command: ${answer}; ? lists them`]);
  if (next.wish.number !== state.wish.number) next = await fulfilled(next, { book, hand, outside, begin: next });
  if (next.mode === 'help') {
    say(helpRows(WIDE).map(rowText));
    return step(next, { do: 'cancel' });
  }
  if (next.message !== '') say([next.message]);
  if (next.mode === 'conflicts')
    say(next.conflicts.map(({ rule, key, ours, theirs }) => `${rule ?? ''} ${key}: you ${ours}, the file ${theirs}`));
  if (next.mode === 'list' && selectedRule(next) !== selectedRule(state)) say(introduce(next, book));
  return next;
}

/** A line is a key by its name, or what is typed. */
function actionsOf({ mode }: State, answer: string): Action[] {
  if (PROMPTS[mode] === undefined || mode === 'leaving' || mode === 'conflicts') {
    const name = mode === 'list' ? (WORDS[answer.toLowerCase()] ?? answer) : answer === '' ? 'escape' : answer;
    const action = actionOf(mode, name, '');
    return action === null ? [] : [action];
  }
  if (answer === '' && mode !== 'filter') return [{ do: 'cancel' }];
  return [{ do: 'type', edit: { remove: 'all' } }, { do: 'type', edit: { insert: answer } }, { do: 'enter' }];
}

async function fulfilled(state: State, { book, hand, outside }: Talk): Promise<State> {
  const { do: wish } = state.wish;
  if (wish === 'save' || wish === 'save and leave')
    return reduce(state, await outside.save(state, wish === 'save and leave'), book, hand);
  const rule = selectedRule(state);
  if (wish !== 'show evidence' || rule === null) return state;
  say(evidenceRows(state, book, await outside.evidence(rule.id), WIDE).map(rowText));
  return reduce(state, { do: 'cancel' }, book, hand);
}
