// Reading the patterns that people write, and saying where one is wrong. Printing stands in the analyzer, which makes
// patterns: the text printed there is canonical, and parsing it here gives the pattern back.
import { printPattern } from '../../analyzer/pattern/text.js';
import type { Pattern, PatternPart } from '../../native/contract/rules.js';
import { TOKENS, type TokenName } from '../../native/contract/words.js';

/** Longer `{hex:N}` are no names of this world, and the automaton has a state for each digit. */
const WIDEST_HEX = 1024;
/** Bounds of a pattern, so that a rule stays a line a person can read and a match stays cheap. */
const LONGEST = 32_768;
const MOST_TOKENS = 64;

export { printPattern };

export type PatternDefect =
  | { code: 'BRACE_OPEN' } // a `{` that no `}` ends
  | { code: 'BRACE_CLOSED' } // a `}` that nothing opened
  | { code: 'TOKEN_UNKNOWN'; token: string }
  | { code: 'TOKEN_WIDTH'; token: string }
  | { code: 'TOO_LONG'; longest: number }
  | { code: 'TOO_MANY_TOKENS'; most: number };

export type ParsedPattern = { pattern: Pattern } | { defect: PatternDefect; at: number };

const tokenNames = new Set<string>(TOKENS);
const isToken = (word: string): word is TokenName => tokenNames.has(word);

function tokenOf(inside: string): PatternPart | PatternDefect {
  const colon = inside.indexOf(':');
  const name = colon < 0 ? inside : inside.slice(0, colon);
  if (!isToken(name)) return { code: 'TOKEN_UNKNOWN', token: inside };
  if (colon < 0) return { token: name };
  const digits = inside.slice(colon + 1);
  const width = Number(digits);
  if (name !== 'hex' || !/^[1-9][0-9]{0,3}$/.test(digits) || width > WIDEST_HEX)
    return { code: 'TOKEN_WIDTH', token: inside };
  return { token: name, width };
}

/** Reads a pattern. A defect says at which character of the text it is. Neighbouring literals come out as one. */
export function parsePattern(text: string): ParsedPattern {
  if (text.length > LONGEST) return { defect: { code: 'TOO_LONG', longest: LONGEST }, at: LONGEST };
  const parts: PatternPart[] = [];
  let literal = '';
  let at = 0;
  const flush = () => {
    if (literal !== '') parts.push(literal);
    literal = '';
  };
  while (at < text.length) {
    const char = text[at]!;
    if (char !== '{' && char !== '}') {
      literal += char;
      at++;
    } else if (text[at + 1] === char) {
      literal += char;
      at += 2;
    } else if (char === '}') {
      return { defect: { code: 'BRACE_CLOSED' }, at };
    } else {
      const end = text.indexOf('}', at);
      if (end < 0) return { defect: { code: 'BRACE_OPEN' }, at };
      const part = tokenOf(text.slice(at + 1, end));
      if (typeof part === 'object' && 'code' in part) return { defect: part, at };
      flush();
      parts.push(part);
      at = end + 1;
    }
  }
  flush();
  const tokens = parts.filter((part) => typeof part !== 'string').length;
  if (tokens > MOST_TOKENS) return { defect: { code: 'TOO_MANY_TOKENS', most: MOST_TOKENS }, at: 0 };
  return { pattern: parts };
}

/** The pattern of text that is known to be one. Throws on what is not: that is a bug, not a user's mistake. */
export function patternOf(text: string): Pattern {
  const parsed = parsePattern(text);
  if ('defect' in parsed) throw new Error(`not a pattern: ${text}`);
  return parsed.pattern;
}

/** Whether the pattern has this token. */
export function hasToken(pattern: Pattern, token: TokenName): boolean {
  return pattern.some((part) => typeof part !== 'string' && part.token === token);
}
