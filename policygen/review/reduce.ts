// Everything that can happen in a review, as a pure function: a state and an action make the next state.
import type { Conflict } from '../compare/three_way.js';
import type { Rule, RuleState } from '../file/model.js';
import { parsePattern } from '../pattern/pattern.js';
import type { Book } from './book.js';
import { parseExpression } from './expression.js';
import { type Edit, editLine } from './line.js';
import { choose, chosenOf, relisted } from './listing.js';
import { split } from './split.js';
import {
  type Entry,
  isChanged,
  type Mode,
  NO_LINE,
  type Snapshot,
  type State,
  selectedId,
  selectedRule,
} from './state.js';

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

/** Who decides, and when. */
export interface Hand {
  by: string;
  now: () => string;
}

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

const isRule = (entry: Entry | undefined): boolean => entry !== undefined && 'id' in entry;

/** By so many lines, and on to the next rule where that is a heading. */
function moved(state: State, by: number): State {
  const last = state.shown.length - 1;
  let at = Math.min(last, Math.max(0, state.cursor + by));
  const step = by < 0 ? -1 : 1;
  while (at >= 0 && at <= last && !isRule(state.shown[at])) at += step;
  return isRule(state.shown[at]) ? { ...state, cursor: at } : state;
}

function gone(state: State, to: 'first' | 'last' | 'next undecided'): State {
  if (to === 'first') return moved({ ...state, cursor: 0 }, 0);
  if (to === 'last') return moved({ ...state, cursor: state.shown.length - 1 }, 0);
  const open = new Set(state.rules.filter((rule) => rule.state === 'proposed').map(({ id }) => id));
  const places = state.shown.flatMap((entry, at) => ('id' in entry && open.has(entry.id) ? [at] : []));
  const next = places.find((at) => at > state.cursor) ?? places[0];
  return next === undefined ? { ...state, message: 'every rule shown is decided' } : { ...state, cursor: next };
}

const snapshotOf = ({ rules, entries, shown, filter }: State, id: string | null): Snapshot => ({
  rules,
  entries,
  shown,
  filter,
  id,
});

/** The same state with other rules, which undoing takes back. */
function changed(state: State, rules: readonly Rule[], message: string): State {
  return { ...state, rules, message, past: [...state.past, snapshotOf(state, selectedId(state))], future: [] };
}

function withRule(state: State, rule: Rule, message: string): State {
  return changed(
    state,
    state.rules.map((one) => (one.id === rule.id ? rule : one)),
    message,
  );
}

function decided(state: State, to: RuleState, hand: Hand): State {
  const rule = selectedRule(state);
  if (rule === null || rule.state === to) return to === 'proposed' || rule === null ? state : moved(state, 1);
  const { decided: _, ...plain } = rule;
  const made: Rule =
    to === 'proposed' ? { ...plain, state: to } : { ...rule, state: to, decided: { by: hand.by, at: hand.now() } };
  const next = withRule(state, made, `${to}: ${rule.id}`);
  return to === 'proposed' ? next : { ...moved(next, 1), message: next.message };
}

function reread(state: State, way: 'narrow' | 'widen', book: Book, hand: Hand): State {
  const rule = selectedRule(state);
  if (rule === null) return state;
  const reading = book.ladder(rule, state.rules)[way === 'narrow' ? 'narrower' : 'wider'][0];
  if (reading === undefined)
    return {
      ...state,
      message: way === 'narrow' ? 'nothing narrower admits what was recorded' : 'nothing wider is known',
    };
  return withObject(
    state,
    rule,
    reading.object,
    hand,
    `${way === 'narrow' ? 'narrowed' : 'widened'} to ${reading.object}`,
  );
}

/** Another pattern is another decision: an accepted rule is accepted by whoever changed it. */
function withObject(state: State, rule: Rule, object: string, hand: Hand, message: string): State {
  const decided = rule.state === 'proposed' ? {} : { decided: { by: hand.by, at: hand.now() } };
  return withRule(state, { ...rule, object, ...decided }, message);
}

function splitUp(state: State, book: Book): State {
  const rule = selectedRule(state);
  if (rule === null) return state;
  const parts = split(
    rule,
    book.held(rule, state.rules).names.map(({ name }) => name),
    new Set(state.rules.map(({ id }) => id)),
  );
  if ('reason' in parts) return { ...state, message: parts.reason };
  const put = (list: readonly Rule[]) => list.flatMap((one) => (one.id === rule.id ? parts.rules : [one]));
  const next = changed(state, put(state.rules), `split into ${parts.rules.length} rules`);
  const replace = (entries: readonly Entry[]) =>
    entries.flatMap((entry): Entry[] =>
      'id' in entry && entry.id === rule.id ? parts.rules.map(({ id }) => ({ id })) : [entry],
    );
  return { ...next, entries: replace(state.entries), shown: replace(state.shown) };
}

function turned(state: State, way: 'undo' | 'redo', book: Book): State {
  const [from, to] = way === 'undo' ? [state.past, state.future] : [state.future, state.past];
  const snapshot = from.at(-1);
  if (snapshot === undefined) return { ...state, message: `nothing to ${way}` };
  const [rest, passed] = [from.slice(0, -1), [...to, snapshotOf(state, snapshot.id)]];
  const { rules, entries, id } = snapshot;
  const next: State = {
    ...state,
    rules,
    entries,
    // A filter that was taken since stays.
    shown: snapshot.filter === state.filter ? snapshot.shown : choose(entries, rules, state.test, book),
    past: way === 'undo' ? rest : passed,
    future: way === 'undo' ? passed : rest,
    message: way === 'undo' ? 'taken back' : 'done again',
  };
  return atRule(next, id);
}

function atRule(state: State, id: string | null): State {
  const at = state.shown.findIndex((entry) => 'id' in entry && entry.id === id);
  return at >= 0
    ? { ...state, cursor: at }
    : moved({ ...state, cursor: Math.min(state.cursor, state.shown.length - 1) }, 0);
}

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

function edited(typing: State, next: State, rule: Rule, object: string, hand: Hand): State {
  if (object === '') return { ...typing, message: 'a pattern must not be empty' };
  if ('defect' in parsePattern(object)) return typing;
  if (object.includes('{given}') && rule.carrier === undefined)
    return { ...typing, message: '{given} needs the key carrier' };
  return object === rule.object ? next : withObject(next, rule, object, hand, `edited: ${rule.id}`);
}

function noted(state: State, rule: Rule, note: string): State {
  if (note === (rule.note ?? '')) return state;
  const { note: _, ...plain } = rule;
  return withRule(state, note === '' ? plain : { ...rule, note }, note === '' ? 'note taken out' : 'noted');
}

function filtered(typing: State, next: State, filter: string, book: Book): State {
  const parsed = parseExpression(filter);
  if ('wrong' in parsed) return { ...typing, message: parsed.wrong };
  const id = selectedId(typing);
  if (filter === '') return atRule({ ...next, filter, test: null, shown: next.entries }, id);
  const chosen = new Set(next.rules.filter((rule) => parsed.test(book.facts.of(rule).asked)).map((rule) => rule.id));
  if (chosen.size === 0) return { ...typing, message: 'no rule is like that' };
  return atRule({ ...next, filter, test: parsed.test, shown: chosenOf(next.entries, chosen) }, id);
}

function found(state: State, text: string, book: Book, from: number): State {
  if (text === '') return state;
  const wanted = text.toLowerCase();
  const byId = new Map(state.rules.map((rule) => [rule.id, rule]));
  const has = (entry: Entry | undefined) => {
    const rule = entry !== undefined && 'id' in entry ? byId.get(entry.id) : undefined;
    return (
      rule !== undefined && `${rule.id} ${book.facts.of(rule).doing} ${rule.note ?? ''}`.toLowerCase().includes(wanted)
    );
  };
  const count = state.shown.length;
  for (let step = from; step < count + from; step++) {
    const at = (state.cursor + step) % count;
    if (has(state.shown[at])) return { ...state, cursor: at };
  }
  return { ...state, message: `not found: ${text}` };
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
