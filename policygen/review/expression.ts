// The language that rules are chosen with, in the filter and in batches: `needed=proven and risk<3`, `to=net or to=host`,
// `not (op=file.* or note~loader)`. A word alone is looked for anywhere in the rule.

import { meant } from '../../native/contract/near.js';
import { CLASSES, OPS } from '../../native/contract/words.js';

/** What of a rule can be asked; the values of one rule. */
export type Facts = Readonly<Record<string, string | number | readonly string[]>>;

export type Test = (facts: Facts) => boolean;

export type Parsed = { test: Test } | { wrong: string; at: number };

/** Fields, with what they hold. docs/review.md has the table. */
export const FIELDS = {
  id: 'text',
  op: 'text',
  class: 'text',
  from: 'text',
  to: 'text',
  object: 'text',
  state: 'text',
  needed: 'text',
  risk: 'number',
  uncertainty: 'number',
  rank: 'number',
  runs: 'number',
  of: 'number',
  times: 'number',
  note: 'text',
  by: 'text',
  carrier: 'text',
  phase: 'text',
} as const;

/** Fields that hold one of a few words. */
const WORDS: Readonly<Partial<Record<keyof typeof FIELDS, readonly string[]>>> = {
  op: OPS,
  class: Object.keys(CLASSES),
  state: ['proposed', 'accepted', 'refused'],
  needed: ['proven', 'seen', 'optional', 'unknown'],
};

const OPERATORS = ['!=', '<=', '>=', '=', '<', '>', '~'] as const;
type Operator = (typeof OPERATORS)[number];
type Field = keyof typeof FIELDS;

interface Token {
  kind: 'word' | 'text' | 'sign' | 'end';
  text: string;
  at: number;
}

class Wrong extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

/** Reads an expression; where it is none, why and at which character. Nothing at all chooses every rule. */
export function parseExpression(text: string): Parsed {
  try {
    const reader = new Reader(tokensOf(text));
    if (reader.peek().kind === 'end') return { test: () => true };
    const test = reader.either();
    const rest = reader.peek();
    if (rest.kind !== 'end') throw new Wrong(`unexpected ${rest.text}`, rest.at);
    return { test };
  } catch (error) {
    if (error instanceof Wrong) return { wrong: error.message, at: error.at };
    throw error;
  }
}

const TOKEN =
  /\s*(?:("(?:[^"\\]|\\.)*"|'[^']*')|(!=|<=|>=|[=<>~()])|((?:[^\s=<>~()!"']|!(?!=))(?:[^\s=<>~()!"']|!(?!=)|["'])*))/y;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  let at = 0;
  while (text.slice(at).trim() !== '') {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    const start = at + /^\s*/.exec(text.slice(at))![0].length;
    if (found === null)
      throw new Wrong(/["']/.test(text[start]!) ? 'a quote that nothing closes' : `unexpected ${text[start]}`, start);
    const [, quoted, sign, word] = found;
    if (quoted !== undefined) tokens.push({ kind: 'text', text: unquoted(quoted), at: start });
    else tokens.push({ kind: sign === undefined ? 'word' : 'sign', text: (sign ?? word)!, at: start });
    at = TOKEN.lastIndex;
  }
  tokens.push({ kind: 'end', text: 'the end', at: text.length });
  return tokens;
}

const unquoted = (text: string): string =>
  text[0] === "'" ? text.slice(1, -1) : text.slice(1, -1).replace(/\\(.)/g, '$1');

class Reader {
  private at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  peek = (): Token => this.tokens[this.at]!;
  private next = (): Token => this.tokens[this.at++]!;
  private takes(word: string): boolean {
    const { kind, text } = this.peek();
    const found = (kind === 'word' && text.toLowerCase() === word) || (kind === 'sign' && text === word);
    if (found) this.at++;
    return found;
  }

  either(): Test {
    const tests = [this.both()];
    while (this.takes('or')) tests.push(this.both());
    return tests.length === 1 ? tests[0]! : (facts) => tests.some((test) => test(facts));
  }

  private both(): Test {
    const tests = [this.one()];
    while (this.takes('and')) tests.push(this.one());
    return tests.length === 1 ? tests[0]! : (facts) => tests.every((test) => test(facts));
  }

  private one(): Test {
    if (this.takes('not')) {
      const test = this.one();
      return (facts) => !test(facts);
    }
    if (this.takes('(')) {
      const test = this.either();
      if (!this.takes(')')) throw new Wrong('a ( that nothing closes', this.peek().at);
      return test;
    }
    return this.comparison();
  }

  private comparison(): Test {
    const { kind, text, at } = this.next();
    if (kind !== 'word' && kind !== 'text') throw new Wrong(`unexpected ${text}: a field is wanted`, at);
    const sign = this.peek();
    if (sign.kind !== 'sign' || !OPERATORS.includes(sign.text as Operator)) return anywhere(text);
    const fields = Object.keys(FIELDS);
    if (!fields.includes(text))
      throw new Wrong(`unknown field ${text}${meant(text, fields) || `: known are ${fields.join(', ')}`}`, at);
    this.at++;
    const value = this.next();
    if (value.kind !== 'word' && value.kind !== 'text')
      throw new Wrong(`a value is wanted after ${sign.text}`, value.at);
    return compare(text as Field, sign.text as Operator, value);
  }
}

const contains = (text: string, part: string): boolean => text.toLowerCase().includes(part.toLowerCase());

const anywhere =
  (word: string): Test =>
  (facts) =>
    Object.values(facts).some((value) => [value].flat().some((one) => typeof one === 'string' && contains(one, word)));

function compare(field: Field, operator: Operator, value: Token): Test {
  if (FIELDS[field] === 'number') return compareNumbers(field, operator, value);
  if (operator === '~') return (facts) => texts(facts[field]).some((text) => contains(text, value.text));
  if (operator === '=' || operator === '!=') mustBeAWord(field, value);
  const like = wildcard(value.text);
  if (operator === '=') return (facts) => texts(facts[field]).some(like);
  if (operator === '!=') return (facts) => !texts(facts[field]).some(like);
  throw new Wrong(`${field} is text: only =, != and ~ compare it`, value.at);
}

/** What no rule can have is a mistake, not a choice of none. */
function mustBeAWord(field: Field, { text, at }: Token): void {
  const words = WORDS[field];
  if (words === undefined || text.includes('*') || words.includes(text.toLowerCase())) return;
  throw new Wrong(`no rule can have ${field} ${text}${meant(text, words)}`, at);
}

function compareNumbers(field: Field, operator: Operator, value: Token): Test {
  const wanted = Number(value.text);
  if (value.text === '' || Number.isNaN(wanted))
    throw new Wrong(`${field} is a number: ${value.text} is none`, value.at);
  const holds: Partial<Record<Operator, (given: number) => boolean>> = {
    '=': (given) => given === wanted,
    '!=': (given) => given !== wanted,
    '<': (given) => given < wanted,
    '<=': (given) => given <= wanted,
    '>': (given) => given > wanted,
    '>=': (given) => given >= wanted,
  };
  const test = holds[operator];
  if (test === undefined) throw new Wrong(`${field} is a number: ~ does not compare it`, value.at);
  return (facts) => test(facts[field] as number);
}

const texts = (value: Facts[string] | undefined): readonly string[] =>
  (value === undefined ? [] : [value].flat()).map(String);

/** `*` stands for anything; case is ignored. */
function wildcard(text: string): (given: string) => boolean {
  const escaped = text.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  const wanted = new RegExp(`^${escaped}$`, 'is');
  return (given) => wanted.test(given);
}
