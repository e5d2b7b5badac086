// Whether any of many patterns admits a name, quickly: what is literal once its variables are filled in is looked up,
// and only patterns with free tokens are tried one by one.
import { foldName } from '../../native/contract/fold.js';
import type { Pattern } from '../../native/contract/rules.js';
import type { TokenName } from '../../native/contract/words.js';
import { type BoundValues, matcher } from './match.js';

const BOUND: ReadonlySet<TokenName> = new Set([
  'pid',
  'win.pid',
  'peer.pid',
  'peer.win.pid',
  'uid',
  'user',
  'host',
  'home',
  'temp',
  'session',
  'given',
] as const);
// A pattern of several variables with several values each stands for their products.
const MOST_PRODUCTS = 16;

/** Whether a token stands for values that only a run knows. */
export const isBound = (token: TokenName): boolean => BOUND.has(token);

/** A test against all of `patterns` under one run's values. */
export function admitter(patterns: readonly Pattern[], bound: BoundValues, fold: boolean): (name: string) => boolean {
  const plain = (text: string) => (fold ? foldName(text) : text);
  const literals = new Set<string>();
  const tests: ((name: string) => boolean)[] = [];
  for (const pattern of patterns) {
    const names = filledIn(pattern, bound);
    if (names === null) tests.push(matcher(pattern, bound, fold));
    else for (const name of names) literals.add(plain(name));
  }
  return (name) => literals.has(plain(name)) || tests.some((test) => test(name));
}

/** The names a pattern stands for, or null where it has free tokens or too many. */
function filledIn(pattern: Pattern, bound: BoundValues): string[] | null {
  let names = [''];
  for (const part of pattern) {
    if (typeof part !== 'string' && !isBound(part.token)) return null;
    const values = typeof part === 'string' ? [part] : bound(part.token);
    names = names.flatMap((name) => values.map((value) => name + value));
    if (names.length > MOST_PRODUCTS) return null;
  }
  return names;
}
