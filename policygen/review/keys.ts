// Which key does what, by mode. Help and footer are made of the same tables.
import type { Action } from './reduce.js';
import type { Mode } from './state.js';

export interface Key {
  /** Names of keys as `nameOf` gives them. */
  keys: readonly string[];
  /** How they are shown; empty for those that go without saying. */
  shown: string;
  says: string;
  action: Action;
}

const move = (by: number): Action => ({ do: 'move', by });

const MOVING: readonly Key[] = [
  { keys: ['down', 'j'], shown: 'up down', says: 'move', action: move(1) },
  { keys: ['up', 'k'], shown: '', says: '', action: move(-1) },
  { keys: ['pagedown', 'ctrl+d', 'space'], shown: 'page keys', says: 'move by ten', action: move(10) },
  { keys: ['pageup', 'ctrl+u'], shown: '', says: '', action: move(-10) },
];

const BACK: Key = {
  keys: ['escape', 'q', 'left', 'return'],
  shown: 'Esc',
  says: 'back to the list',
  action: { do: 'cancel' },
};

export const KEYS: Readonly<Partial<Record<Mode, readonly Key[]>>> = {
  list: [
    { keys: ['a'], shown: 'a', says: 'accept', action: { do: 'decide', state: 'accepted' } },
    { keys: ['r'], shown: 'r', says: 'refuse', action: { do: 'decide', state: 'refused' } },
    { keys: ['p'], shown: 'p', says: 'propose again', action: { do: 'decide', state: 'proposed' } },
    { keys: ['return', 'right'], shown: 'Enter', says: 'evidence', action: { do: 'evidence' } },
    { keys: ['n'], shown: 'n', says: 'narrow', action: { do: 'narrow' } },
    { keys: ['w'], shown: 'w', says: 'widen', action: { do: 'widen' } },
    { keys: ['e'], shown: 'e', says: 'edit', action: { do: 'begin', mode: 'edit' } },
    { keys: ['x'], shown: 'x', says: 'split', action: { do: 'split' } },
    { keys: ['c'], shown: 'c', says: 'note', action: { do: 'begin', mode: 'note' } },
    { keys: ['u'], shown: 'u', says: 'undo', action: { do: 'undo' } },
    { keys: ['y'], shown: 'y', says: 'redo', action: { do: 'redo' } },
    { keys: ['/'], shown: '/', says: 'search', action: { do: 'begin', mode: 'search' } },
    { keys: ['.'], shown: '.', says: 'search on', action: { do: 'again' } },
    { keys: ['f'], shown: 'f', says: 'filter', action: { do: 'begin', mode: 'filter' } },
    { keys: ['tab'], shown: 'Tab', says: 'next undecided', action: { do: 'go', to: 'next undecided' } },
    { keys: ['s'], shown: 's', says: 'save', action: { do: 'save' } },
    { keys: ['q', 'ctrl+c'], shown: 'q', says: 'quit', action: { do: 'quit' } },
    { keys: ['?'], shown: '?', says: 'help', action: { do: 'help' } },
    ...MOVING,
    { keys: ['home', 'g'], shown: 'g G', says: 'first, last', action: { do: 'go', to: 'first' } },
    { keys: ['end', 'G'], shown: '', says: '', action: { do: 'go', to: 'last' } },
  ],
  evidence: [...MOVING, BACK, { keys: ['ctrl+c'], shown: '', says: '', action: { do: 'cancel' } }],
  help: [...MOVING, BACK, { keys: ['?', 'ctrl+c'], shown: '', says: '', action: { do: 'cancel' } }],
  leaving: [
    { keys: ['s', 'y'], shown: 's', says: 'save', action: { do: 'save and leave' } },
    { keys: ['d', 'n'], shown: 'd', says: 'discard', action: { do: 'leave' } },
    { keys: ['escape', 'c', 'ctrl+c'], shown: 'Esc', says: 'stay', action: { do: 'cancel' } },
  ],
  conflicts: [
    ...MOVING,
    { keys: ['s'], shown: 's', says: 'save with the narrower of both', action: { do: 'save' } },
    { keys: ['escape', 'q', 'ctrl+c'], shown: 'Esc', says: 'go on reviewing, save nothing', action: { do: 'cancel' } },
  ],
};

/** Keys while text is typed; every other key types itself. */
export const TYPING: readonly Key[] = [
  { keys: ['return'], shown: 'Enter', says: 'take', action: { do: 'enter' } },
  { keys: ['escape', 'ctrl+c'], shown: 'Esc', says: 'leave as it was', action: { do: 'cancel' } },
  { keys: ['backspace'], shown: '', says: '', action: { do: 'type', edit: { remove: 'before' } } },
  { keys: ['delete'], shown: '', says: '', action: { do: 'type', edit: { remove: 'after' } } },
  { keys: ['ctrl+u'], shown: 'Ctrl-U', says: 'empty', action: { do: 'type', edit: { remove: 'all' } } },
  { keys: ['left'], shown: '', says: '', action: { do: 'type', edit: { move: -1 } } },
  { keys: ['right'], shown: '', says: '', action: { do: 'type', edit: { move: 1 } } },
  { keys: ['home', 'ctrl+a'], shown: '', says: '', action: { do: 'type', edit: { move: 'start' } } },
  { keys: ['end', 'ctrl+e'], shown: '', says: '', action: { do: 'type', edit: { move: 'end' } } },
];

const isTyping = (mode: Mode): boolean => KEYS[mode] === undefined;

export const keysOf = (mode: Mode): readonly Key[] => KEYS[mode] ?? TYPING;

/** What a key does in a mode; null where it does nothing. `text` is what it types. */
export function actionOf(mode: Mode, name: string, text: string): Action | null {
  const known = keysOf(mode).find(({ keys }) => keys.includes(name));
  if (known !== undefined) return known.action;
  return isTyping(mode) && text !== '' ? { do: 'type', edit: { insert: text } } : null;
}

/** A key as ink tells it. */
export interface Pressed {
  upArrow?: boolean;
  downArrow?: boolean;
  leftArrow?: boolean;
  rightArrow?: boolean;
  pageDown?: boolean;
  pageUp?: boolean;
  home?: boolean;
  end?: boolean;
  return?: boolean;
  escape?: boolean;
  ctrl?: boolean;
  tab?: boolean;
  backspace?: boolean;
  delete?: boolean;
}

const NAMED: readonly (readonly [keyof Pressed, string])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageDown', 'pagedown'],
  ['pageUp', 'pageup'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'return'],
  ['escape', 'escape'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  // Most terminals send for Backspace what was once Delete.
  ['delete', 'backspace'],
];

/** A key's name: `up`, `ctrl+c`, `a`. */
export function nameOf(input: string, key: Pressed): string {
  const named = NAMED.find(([flag]) => key[flag] === true);
  if (named !== undefined) return named[1];
  if (key.ctrl) return `ctrl+${input}`;
  return input === ' ' ? 'space' : input;
}

/** One key press: its name, and what it types. */
export interface Press {
  name: string;
  text: string;
}

const BY_CHARACTER: Readonly<Record<string, string>> = {
  '\r': 'return',
  '\n': 'return',
  '\t': 'tab',
  '\u007f': 'backspace',
  '\b': 'backspace',
  '\u0003': 'ctrl+c',
  '\u0015': 'ctrl+u',
  ' ': 'space',
};

/** Keys as ink tells them: those pressed quickly, or sent over a slow line, come several at once. */
export function pressesOf(input: string, key: Pressed): Press[] {
  const chars = [...input];
  if (chars.length > 1 && !key.ctrl)
    return chars.map((char) => ({ name: BY_CHARACTER[char] ?? char, text: /\p{Cc}/u.test(char) ? '' : char }));
  const name = nameOf(input, key);
  return [{ name, text: name === input || name === 'space' ? input : '' }];
}
