// Patterns as text (design, section 7): literal braces doubled, tokens in single ones.
import type { Pattern, PatternPart } from '../../native/contract/rules.js';
import { TOKENS, type TokenName } from '../../native/contract/words.js';

const doubled = (literal: string): string => literal.replace(/[{}]/g, '$&$&');

/** `/tmp/x-{pid}`; literal braces doubled. */
export function printPattern(pattern: Pattern): string {
  return pattern
    .map((part) => {
      if (typeof part === 'string') return doubled(part);
      return part.width === undefined ? `{${part.token}}` : `{${part.token}:${part.width}}`;
    })
    .join('');
}

/** Reads a pattern that was found right before; throws on one that was not. */
export function readPattern(text: string): Pattern {
  const parts: PatternPart[] = [];
  let literal = '';
  for (const piece of text.match(/\{\{|\}\}|\{[^{}]*\}|[^{}]+|[{}]/gu) ?? []) {
    if (piece === '{{' || piece === '}}') literal += piece[0];
    else if (piece.startsWith('{')) {
      if (literal !== '') parts.push(literal);
      literal = '';
      parts.push(tokenOf(piece.slice(1, -1)));
    } else literal += piece;
  }
  if (literal !== '') parts.push(literal);
  return parts;
}

function tokenOf(inside: string): PatternPart {
  const [name, width] = inside.split(':');
  if (!TOKENS.includes(name as TokenName)) throw new Error(`not a token: {${inside}}`);
  return width === undefined ? { token: name as TokenName } : { token: name as TokenName, width: Number(width) };
}

/** Literals joined and empty ones dropped, so that equal patterns are equal values. */
export function joinLiterals(parts: readonly PatternPart[]): Pattern {
  const joined: PatternPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (part === '') continue;
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
    else joined.push(part);
  }
  return joined;
}
