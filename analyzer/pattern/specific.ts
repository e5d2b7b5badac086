// Which of two patterns that admit a name is the more specific (design, section 7): more literal characters, then
// narrower tokens.
import type { Pattern, PatternPart } from '../../native/contract/rules.js';
import { TOKENS } from '../../native/contract/words.js';
import { isBound } from './admits.js';

const literalLength = (pattern: Pattern): number =>
  pattern.reduce((sum, part) => sum + (typeof part === 'string' ? [...part].length : 0), 0);

// `{hex:8}` is narrower than a date, `{hex}` wider than `{uint}`.
function width(part: Exclude<PatternPart, string>): number {
  if (isBound(part.token)) return part.token === 'given' ? 0 : -1;
  if (part.token !== 'hex') return TOKENS.indexOf(part.token);
  return part.width === undefined ? TOKENS.indexOf('uint') + 0.5 : TOKENS.indexOf('guid') + 0.5;
}

const widths = (pattern: Pattern): number[] =>
  pattern.flatMap((part) => (typeof part === 'string' ? [] : [width(part)])).sort((a, b) => b - a);

/** Negative where `a` is the more specific; 0 where neither is. */
export function bySpecificity(a: Pattern, b: Pattern): number {
  const literal = literalLength(b) - literalLength(a);
  if (literal !== 0) return literal;
  const [mine, others] = [widths(a), widths(b)];
  for (let at = 0; at < Math.max(mine.length, others.length); at++) {
    const difference = (mine[at] ?? -2) - (others[at] ?? -2);
    if (difference !== 0) return difference;
  }
  return 0;
}
