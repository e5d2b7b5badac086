// Which entries of the list are shown, and how the list follows rules that come and go.
import type { Rule } from '../file/model.js';
import type { Book } from './book.js';
import type { Test } from './expression.js';
import type { Entry, State } from './state.js';

/** The entries that a filter shows; all where there is none. */
export function choose(
  entries: readonly Entry[],
  rules: readonly Rule[],
  test: Test | null,
  book: Book,
): readonly Entry[] {
  if (test === null) return entries;
  return chosenOf(entries, new Set(rules.filter((rule) => test(book.facts.of(rule).asked)).map(({ id }) => id)));
}

/** Entries of the chosen rules, and the headings above them. */
export function chosenOf(entries: readonly Entry[], chosen: ReadonlySet<string>): Entry[] {
  const shown: Entry[] = [];
  let heading: Entry | null = null;
  for (const entry of entries) {
    if (!('id' in entry)) heading = entry;
    else if (chosen.has(entry.id)) {
      if (heading !== null) shown.push(heading);
      heading = null;
      shown.push(entry);
    }
  }
  return shown;
}

/** Rules that others brought or took away appear in, or leave, the list beside those that stayed. */
export function relisted(state: State): State {
  const there = new Set(state.rules.map(({ id }) => id));
  const listed = new Set(state.entries.flatMap((entry) => ('id' in entry ? [entry.id] : [])));
  if (state.rules.length === listed.size && state.rules.every(({ id }) => listed.has(id))) return state;
  const fresh = new Map<string, string[]>();
  for (const [at, { id }] of state.rules.entries())
    if (!listed.has(id)) {
      const before = state.rules.slice(0, at).findLast((rule) => listed.has(rule.id))?.id ?? '';
      fresh.set(before, [...(fresh.get(before) ?? []), id]);
    }
  const renew = (entries: readonly Entry[]): Entry[] =>
    entries.flatMap((entry): Entry[] => {
      if (!('id' in entry)) return [entry];
      const after = (fresh.get(entry.id) ?? []).map((id) => ({ id }));
      return there.has(entry.id) ? [entry, ...after] : after;
    });
  const kept = renew(state.entries);
  const first = (fresh.get('') ?? []).map((id) => ({ id }));
  return { ...state, entries: [...first, ...kept], shown: [...first, ...renew(state.shown)] };
}
