// Names as they were recorded, and whether a pattern admits them.

import type { SeenName } from '../../analyzer/grammar/names.js';
import { isBound } from '../../analyzer/pattern/admits.js';
import { matcher } from '../../analyzer/pattern/match.js';
import { foldName } from '../../native/contract/fold.js';
import type { Pattern } from '../../native/contract/rules.js';

/** A recorded name, with how often it was met. */
export interface Met {
  name: string;
  op: string;
  times: number;
  runs: number;
}

/** Bound tokens stand for what they stood for where the name was met. */
export function testOf(pattern: Pattern, fold: boolean): (seen: SeenName) => boolean {
  if (!pattern.some((part) => typeof part !== 'string' && isBound(part.token))) {
    const admits = matcher(pattern, () => [], fold);
    return ({ name }) => admits(name);
  }
  // Given values are known only where something is inferred: there they may be anything.
  const opened = pattern.map((part) =>
    typeof part !== 'string' && part.token === 'given' ? { token: 'rest' as const } : part,
  );
  const may = holdsLiterals(opened, fold);
  const tests = new Map<string, (name: string) => boolean>();
  const testFor = (values: SeenName['sightings'][number]['values']) => {
    const key = values.map(({ token, value }) => `${token}=${value}`).join('\0');
    const test =
      tests.get(key) ??
      matcher(opened, (token) => values.filter((one) => one.token === token).map(({ value }) => value), fold);
    tests.set(key, test);
    return test;
  };
  return ({ name, sightings }) => may(name) && sightings.some(({ values }) => testFor(values)(name));
}

/** Most names lack some literal part of a pattern, which is quickly seen. */
function holdsLiterals(pattern: Pattern, fold: boolean): (name: string) => boolean {
  const plain = (text: string) => (fold ? foldName(text) : text);
  const literals = pattern.filter((part) => typeof part === 'string').map(plain);
  return (name) => {
    const text = plain(name);
    return literals.every((literal) => text.includes(literal));
  };
}

/** The same where nothing is known of the run: a bound token may be any name. */
export function testText(pattern: Pattern, fold: boolean): (name: string) => boolean {
  const opened = pattern.map((part) =>
    typeof part !== 'string' && isBound(part.token)
      ? { token: PATHS.has(part.token) ? ('rest' as const) : ('name' as const) }
      : part,
  );
  const admits = matcher(opened, () => [], fold);
  const may = holdsLiterals(opened, fold);
  return (name) => may(name) && admits(name);
}

const PATHS = new Set(['home', 'temp', 'given']);

export function metOf({ name, sightings }: SeenName, op: string): Met {
  return { name, op, times: sightings.reduce((sum, { times }) => sum + times, 0), runs: sightings.length };
}
