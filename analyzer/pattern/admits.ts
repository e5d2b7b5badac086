// Whether any of many patterns admits a name, quickly: what is literal once its variables are filled in is looked up,
// and only patterns with free tokens are tried one by one.
import { foldName } from '../../native/contract/fold.js';
import type { Pattern } from '../../native/contract/rules.js';
import { BOUND_TOKENS, type TokenName } from '../../native/contract/words.js';
import { type BoundValues, matcher } from './match.js';

const BOUND: ReadonlySet<TokenName> = new Set(BOUND_TOKENS);
// A pattern of several variables with several values each stands for their products.
const MOST_PRODUCTS = 16;

/** Whether a token stands for values that only a run knows. */
export const isBound = (token: TokenName): boolean => BOUND.has(token);

/** A test against all of `patterns` under one run's values. */
export function admitter(patterns: readonly Pattern[], bound: BoundValues, fold: boolean): (name: string) => boolean {
  const plain = (text: string) => (fold ? foldName(text) : text);
  const literals = new Set<string>();
  const tests = new TestsByEnds();
  for (const pattern of patterns) {
    const names = filledIn(pattern, bound);
    if (names === null) tests.add(endsOf(pattern, plain), matcher(pattern, bound, fold));
    else for (const name of names) literals.add(plain(name));
  }
  return (name) => literals.has(plain(name)) || tests.some(plain(name), (test) => test(name));
}

type Test = (name: string) => boolean;

const endsOf = (pattern: Pattern, plain: (text: string) => string): [head: string, tail: string] => {
  const [first, last] = [pattern[0], pattern.at(-1)];
  return [typeof first === 'string' ? plain(first) : '', typeof last === 'string' ? plain(last) : ''];
};

/** Tests by the literals that their patterns begin and end with: of thousands, a name has to be tried on a few. */
class TestsByEnds {
  private readonly byLengths = new Map<string, { head: number; tail: number; tests: Map<string, Test[]> }>();

  add([head, tail]: readonly [string, string], test: Test): void {
    const lengths = `${head.length} ${tail.length}`;
    const same = this.byLengths.get(lengths) ?? { head: head.length, tail: tail.length, tests: new Map() };
    this.byLengths.set(lengths, same);
    const key = `${head}\0${tail}`;
    const known = same.tests.get(key);
    if (known) known.push(test);
    else same.tests.set(key, [test]);
  }

  some(name: string, passes: (test: Test) => boolean): boolean {
    for (const { head, tail, tests } of this.byLengths.values()) {
      if (name.length < head + tail) continue;
      const found = tests.get(`${name.slice(0, head)}\0${name.slice(name.length - tail)}`);
      if (found?.some(passes)) return true;
    }
    return false;
  }
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
