// Where one looks: moving, searching and filtering change no rule.
import type { Book } from './book.js';
import { parseExpression } from './expression.js';
import { chosenOf } from './listing.js';
import { type Entry, type State, selectedId } from './state.js';

const isRule = (entry: Entry | undefined): boolean => entry !== undefined && 'id' in entry;

/** By so many lines, and on to the next rule where that is a heading. */
export function moved(state: State, by: number): State {
  const last = state.shown.length - 1;
  let at = Math.min(last, Math.max(0, state.cursor + by));
  const step = by < 0 ? -1 : 1;
  while (at >= 0 && at <= last && !isRule(state.shown[at])) at += step;
  return isRule(state.shown[at]) ? { ...state, cursor: at } : state;
}

export function gone(state: State, to: 'first' | 'last' | 'next undecided'): State {
  if (to === 'first') return moved({ ...state, cursor: 0 }, 0);
  if (to === 'last') return moved({ ...state, cursor: state.shown.length - 1 }, 0);
  const open = new Set(state.rules.filter((rule) => rule.state === 'proposed').map(({ id }) => id));
  const places = state.shown.flatMap((entry, at) => ('id' in entry && open.has(entry.id) ? [at] : []));
  const next = places.find((at) => at > state.cursor) ?? places[0];
  return next === undefined ? { ...state, message: 'every rule shown is decided' } : { ...state, cursor: next };
}

export function atRule(state: State, id: string | null): State {
  const at = state.shown.findIndex((entry) => 'id' in entry && entry.id === id);
  return at >= 0
    ? { ...state, cursor: at }
    : moved({ ...state, cursor: Math.min(state.cursor, state.shown.length - 1) }, 0);
}

export function filtered(typing: State, next: State, filter: string, book: Book): State {
  const parsed = parseExpression(filter);
  if ('wrong' in parsed) return { ...typing, message: parsed.wrong };
  const id = selectedId(typing);
  if (filter === '') return atRule({ ...next, filter, test: null, shown: next.entries }, id);
  const chosen = new Set(next.rules.filter((rule) => parsed.test(book.facts.of(rule).asked)).map((rule) => rule.id));
  if (chosen.size === 0) return { ...typing, message: 'no rule is like that' };
  return atRule({ ...next, filter, test: parsed.test, shown: chosenOf(next.entries, chosen) }, id);
}

export function found(state: State, text: string, book: Book, from: number): State {
  if (text === '') return state;
  const wanted = text.toLowerCase();
  const byId = new Map(state.rules.map((rule) => [rule.id, rule]));
  const has = (entry: Entry | undefined) => {
    const rule = entry !== undefined && 'id' in entry ? byId.get(entry.id) : undefined;
    return rule !== undefined && book.facts.of(rule).words.includes(wanted);
  };
  const count = state.shown.length;
  for (let step = from; step < count + from; step++) {
    const at = (state.cursor + step) % count;
    if (has(state.shown[at])) return { ...state, cursor: at };
  }
  return { ...state, message: `not found: ${text}` };
}
