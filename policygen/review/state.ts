// What a review is at any moment: rules as they are by now, where one looks, and what is being typed. Everything that can
// happen to it stands in reduce.ts; nothing here knows a terminal or a file.

import type { Conflict } from '../compare/three_way.js';
import type { Rule } from '../file/model.js';
import type { Test } from './expression.js';

/** A line of the list: a rule by its id, or the words above several. */
export type Entry = { heading: string; key: string } | { id: string };

export type Mode = 'list' | 'evidence' | 'edit' | 'note' | 'search' | 'filter' | 'help' | 'leaving' | 'conflicts';

/** Text being typed, and the place in it. */
export interface Line {
  text: string;
  at: number;
}

/** What undoing goes back to. */
export interface Snapshot {
  rules: readonly Rule[];
  entries: readonly Entry[];
  shown: readonly Entry[];
  filter: string;
  /** Where the change was made. */
  id: string | null;
}

export interface State {
  rules: readonly Rule[];
  /** What stands in the file. */
  saved: readonly Rule[];
  /** All rules under their headings, and those of them that are shown. */
  entries: readonly Entry[];
  shown: readonly Entry[];
  /** Index into `shown`; never at a heading where there is a rule. */
  cursor: number;
  mode: Mode;
  line: Line;
  filter: string;
  test: Test | null;
  search: string;
  past: readonly Snapshot[];
  future: readonly Snapshot[];
  /** Lines that evidence or help was scrolled by. */
  scroll: number;
  message: string;
  conflicts: readonly Conflict[];
  /** What the world outside has to do next: each is done once, told apart by its number. */
  wish: { do: 'nothing' | 'save' | 'save and leave' | 'leave' | 'show evidence'; number: number };
}

export const NO_LINE: Line = { text: '', at: 0 };

export function beginState(rules: readonly Rule[], entries: readonly Entry[]): State {
  return {
    rules,
    saved: rules,
    entries,
    shown: entries,
    cursor: Math.max(
      0,
      entries.findIndex((entry) => 'id' in entry),
    ),
    mode: 'list',
    line: NO_LINE,
    filter: '',
    test: null,
    search: '',
    past: [],
    future: [],
    scroll: 0,
    message: '',
    conflicts: [],
    wish: { do: 'nothing', number: 0 },
  };
}

export function selectedId({ shown, cursor }: State): string | null {
  const entry = shown[cursor];
  return entry !== undefined && 'id' in entry ? entry.id : null;
}

export function selectedRule(state: State): Rule | null {
  const id = selectedId(state);
  return state.rules.find((rule) => rule.id === id) ?? null;
}

export const isChanged = ({ rules, saved }: State): boolean => rules !== saved;

export const undecided = (rules: readonly Rule[]): number => rules.filter(({ state }) => state === 'proposed').length;
