// What is decided: every change of a rule, and taking it back. Each is a step that undoing goes back by.
import type { Rule, RuleState } from '../file/model.js';
import { parsePattern } from '../pattern/pattern.js';
import type { Book } from './book.js';
import { choose } from './listing.js';
import { atRule, moved } from './move.js';
import { split } from './split.js';
import { type Entry, type Snapshot, type State, selectedId, selectedRule } from './state.js';

/** Who decides, and when. */
export interface Hand {
  by: string;
  now: () => string;
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

export function decided(state: State, to: RuleState, hand: Hand): State {
  const rule = selectedRule(state);
  if (rule === null || rule.state === to) return to === 'proposed' || rule === null ? state : moved(state, 1);
  const { decided: _, ...plain } = rule;
  const made: Rule =
    to === 'proposed' ? { ...plain, state: to } : { ...rule, state: to, decided: { by: hand.by, at: hand.now() } };
  const next = withRule(state, made, `${to}: ${rule.id}`);
  return to === 'proposed' ? next : { ...moved(next, 1), message: next.message };
}

export function reread(state: State, way: 'narrow' | 'widen', book: Book, hand: Hand): State {
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

export function splitUp(state: State, book: Book): State {
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

export function turned(state: State, way: 'undo' | 'redo', book: Book): State {
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

export function edited(typing: State, next: State, rule: Rule, object: string, hand: Hand): State {
  if (object === '') return { ...typing, message: 'a pattern must not be empty' };
  if ('defect' in parsePattern(object)) return typing;
  if (object.includes('{given}') && rule.carrier === undefined)
    return { ...typing, message: '{given} needs the key carrier' };
  return object === rule.object ? next : withObject(next, rule, object, hand, `edited: ${rule.id}`);
}

export function noted(state: State, rule: Rule, note: string): State {
  if (note === (rule.note ?? '')) return state;
  const { note: _, ...plain } = rule;
  return withRule(state, note === '' ? plain : { ...rule, note }, note === '' ? 'note taken out' : 'noted');
}
