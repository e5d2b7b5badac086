// Other patterns that a rule could have: the same with narrower or wider tokens, one name, or a folder.
import { joinLiterals } from '../../analyzer/pattern/text.js';
import { WIDER } from '../../analyzer/pattern/wider.js';
import type { Pattern, PatternPart } from '../../native/contract/rules.js';
import type { TokenName } from '../../native/contract/words.js';

// From the widest to the narrowest, as far as one is a kind of the next.
const NARROWER: readonly TokenName[] = ['name', 'word', 'hex', 'uint'];
const MOST_WIDER = 4;

/** The nearest first; what does not admit the recorded names is for the caller to leave out. */
export function narrowerReadings(pattern: Pattern, names: readonly string[]): Pattern[] {
  if (pattern.every((part) => typeof part === 'string')) return [];
  const found: Pattern[] = [];
  const withToken = (token: TokenName): Pattern =>
    pattern.map((part): PatternPart => (typeof part !== 'string' && isFree(part.token) ? { token } : part));
  if (pattern.some((part) => typeof part !== 'string' && isFree(part.token))) found.push(...NARROWER.map(withToken));
  if (new Set(names).size === 1) found.push([names[0]!]);
  return found;
}

const isFree = (token: TokenName): boolean => WIDER[token] !== undefined || token === 'rest';

export function widerReadings(pattern: Pattern): Pattern[] {
  const found: Pattern[] = [];
  let here: Pattern | null = pattern;
  while (here !== null && found.length < MOST_WIDER) {
    here = widerTokens(here) ?? widerEnd(here);
    if (here !== null) found.push(here);
  }
  return found;
}

function widerTokens(pattern: Pattern): Pattern | null {
  let changed = false;
  const parts = pattern.map((part): PatternPart => {
    const next =
      typeof part === 'string'
        ? undefined
        : part.token === 'hex' && part.width !== undefined
          ? 'hex'
          : WIDER[part.token];
    if (next === undefined) return part;
    changed = true;
    return { token: next };
  });
  return changed ? parts : null;
}

/** The last piece of a name that is literal becomes any; a port any number; then everything below. */
function widerEnd(pattern: Pattern): Pattern | null {
  const text = pattern.at(-1);
  if (typeof text !== 'string') return text !== undefined && text.token !== 'rest' ? null : below(pattern);
  const [, head = '', last = ''] = /^(.*[\\/:])?([^\\/:]+)$/s.exec(text) ?? [];
  if (last === '' || (head === '' && pattern.length === 1)) return null;
  const token = head.endsWith(':') && /^\d+$/.test(last) ? 'uint' : 'name';
  return joinLiterals([...pattern.slice(0, -1), head, { token }]);
}

/** `/a/b/{rest}` becomes `/a/{rest}`. */
function below(pattern: Pattern): Pattern | null {
  const text = pattern.at(-2);
  if (typeof text !== 'string') return null;
  const [, head = ''] = /^(.*[\\/])[^\\/]+[\\/]$/s.exec(text) ?? [];
  // Everything there is stands in no reading.
  if (head.replaceAll(/[\\/]/g, '') === '' && pattern.length === 2) return null;
  return joinLiterals([...pattern.slice(0, -2), head, { token: 'rest' }]);
}
