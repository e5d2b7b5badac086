// Everything that can happen in a review, as a pure function: a state and an action make the next state.
import type { Conflict } from '../compare/three_way.js';
import type { Rule, RuleState } from '../file/model.js';
import type { Book } from './book.js';
import { decided, edited, type Hand, noted, reread, splitUp, turned } from './decide.js';
import { type Edit, editLine } from './line.js';
import { relisted } from './listing.js';
import { atRule, filtered, found, gone, moved } from './move.js';
import { isChanged, type Mode, NO_LINE, type State, selectedId, selectedRule } from './state.js';

export type { Hand } from './decide.js';

export type Action =
  | { do: 'move'; by: number }
  | { do: 'go'; to: 'first' | 'last' | 'next undecided' }
  | { do: 'decide'; state: RuleState }
  | {
      do:
        | 'narrow'
        | 'widen'
        | 'split'
        | 'undo'
        | 'redo'
        | 'help'
        | 'evidence'
        | 'quit'
        | 'save'
        | 'leave'
        | 'save and leave'
        | 'again';
    }
  | { do: 'begin'; mode: 'edit' | 'note' | 'search' | 'filter' }
  | { do: 'type'; edit: Edit }
  | { do: 'enter' | 'cancel' }
  | { do: 'saved'; rules: readonly Rule[]; message: string; leave: boolean }
  | { do: 'failed'; message: string; conflicts?: readonly Conflict[] };

export function reduce(state: State, action: Action, book: Book, hand: Hand): State {
  const quiet = state.message === '' ? state : { ...state, message: '' };
  switch (action.do) {
    case 'move':
      return quiet.mode === 'list'
        ? moved(quiet, action.by)
        : { ...quiet, scroll: Math.max(0, quiet.scroll + action.by) };
    case 'go':
      return gone(quiet, action.to);
    case 'decide':
      return decided(quiet, action.state, hand);
    case 'narrow':
    case 'widen':
      return reread(quiet, action.do, book, hand);
    case 'split':
      return splitUp(quiet, book);
    case 'undo':
    case 'redo':
      return turned(quiet, action.do, book);
    case 'begin':
      return begun(quiet, action.mode);
    case 'type':
      return { ...quiet, line: editLine(quiet.line, action.edit) };
    case 'enter':
      return entered(quiet, book, hand);
    case 'cancel':
      return { ...quiet, mode: 'list', line: NO_LINE, scroll: 0, conflicts: [] };
    case 'again':
      return found(quiet, quiet.search, book, 1);
    case 'help':
      return { ...quiet, mode: 'help', scroll: 0 };
    case 'evidence':
      return selectedId(quiet) === null ? quiet : wished({ ...quiet, mode: 'evidence', scroll: 0 }, 'show evidence');
    case 'quit':
      return isChanged(quiet) ? { ...quiet, mode: 'leaving' } : wished(quiet, 'leave');
    case 'save':
    case 'save and leave':
    case 'leave':
      return wished({ ...quiet, mode: 'list' }, action.do);
    case 'saved':
      return afterSaving(quiet, action.rules, action.message, action.leave);
    case 'failed':
      return {
        ...quiet,
        message: action.message,
        conflicts: action.conflicts ?? [],
        mode: action.conflicts ? 'conflicts' : 'list',
      };
  }
}

const wished = (state: State, wish: State['wish']['do']): State => ({
  ...state,
  wish: { do: wish, number: state.wish.number + 1 },
});

const BEGINS: Readonly<Record<'edit' | 'note' | 'search' | 'filter', (state: State, rule: Rule | null) => string>> = {
  edit: (_, rule) => rule?.object ?? '',
  note: (_, rule) => rule?.note ?? '',
  search: () => '',
  filter: ({ filter }) => filter,
};

function begun(state: State, mode: 'edit' | 'note' | 'search' | 'filter'): State {
  const rule = selectedRule(state);
  if (rule === null && (mode === 'edit' || mode === 'note')) return state;
  const text = BEGINS[mode](state, rule);
  return { ...state, mode, line: { text, at: text.length } };
}

function entered(state: State, book: Book, hand: Hand): State {
  const next: State = { ...state, mode: 'list', line: NO_LINE };
  const rule = selectedRule(state);
  const { text } = state.line;
  const enters: Partial<Record<Mode, () => State>> = {
    edit: () => (rule === null ? next : edited(state, next, rule, text, hand)),
    note: () => (rule === null ? next : noted(next, rule, text.trim())),
    search: () => found({ ...next, search: text || state.search }, text || state.search, book, 1),
    filter: () => filtered(state, next, text.trim(), book),
  };
  return enters[state.mode]?.() ?? next;
}

/** What was merged with the file on disk is what one goes on with; it cannot be taken back any more. */
function afterSaving(state: State, rules: readonly Rule[], message: string, leave: boolean): State {
  const same = rules === state.rules;
  const next = relisted({
    ...state,
    rules,
    saved: rules,
    message,
    mode: 'list',
    conflicts: [],
    ...(same ? {} : { past: [], future: [] }),
  });
  const here = atRule(next, selectedId(state));
  return leave ? wished(here, 'leave') : here;
}
