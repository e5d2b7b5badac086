// What else a typed rule could have been, and its price: the names, met anywhere in the runs, that it would admit as well.
import type { Pattern, PatternPart } from '../native/contract/rules.js';
import type { TokenName } from '../native/contract/words.js';
import { matcher } from './pattern/match.js';
import { printPattern } from './pattern/text.js';

export interface Alternative {
  object: string;
  /** Names in all runs that it admits and that the rule was not learnt from. */
  also_admits: number;
  /** Rows per run that it would deny where a run is left out. */
  heldout_denials: number;
}

// The next wider token of each.
const WIDER: Partial<Record<TokenName, TokenName>> = {
  guid: 'name',
  date: 'name',
  time: 'name',
  uint: 'word',
  hex: 'word',
  word: 'name',
  name: 'rest',
};

/** Wider readings of `pattern`, from the nearest to the widest; `rows` are the rows per run that literals would deny. */
export function alternativesOf(
  pattern: Pattern,
  members: readonly { name: string; run: number }[],
  namespace: readonly string[],
  fold: boolean,
): Alternative[] {
  const own = new Set(members.map(({ name }) => name));
  const found: Alternative[] = [];
  for (let next = wider(pattern); next !== null; next = wider(next)) {
    const admits = matcher(next, () => [], fold);
    const also = namespace.filter((name) => !own.has(name) && admits(name)).length;
    found.push({ object: printPattern(next), also_admits: also, heldout_denials: 0 });
  }
  return found;
}

function wider(pattern: Pattern): Pattern | null {
  let changed = false;
  const parts = pattern.map((part): PatternPart => {
    const next = typeof part === 'string' ? undefined : WIDER[part.token];
    if (next === undefined) return part;
    changed = true;
    return { token: next };
  });
  return changed ? parts : null;
}
