// Why a rule is not about an interaction: every key that stands in the way, and what exactly differs.
import { matcher, readAlong } from '../../analyzer/pattern/match.js';
import { printPattern } from '../../analyzer/pattern/text.js';
import type { CompiledRule, Pattern, PatternPart } from '../../native/contract/rules.js';
import { ACCESS, type Access } from '../../native/contract/words.js';
import type { Asked } from './question.js';

export interface Difference {
  key: string;
  asked: string;
  has: string;
  /** In words. */
  says: string;
}

/** What tokens stand for in a run; empty where nothing is known. */
export type Known = (token: string) => readonly string[];

const WANTS: Readonly<Record<string, string>> = {
  uint: 'a digit',
  hex: 'a hex digit',
  guid: 'a GUID',
  date: 'a date',
  time: 'a time',
  word: 'a letter, a digit or _',
  name: 'a character other than \\, / and :',
};

/** Everything in the way of the rule's being about the interaction; nothing where it is. */
export function differencesOf(rule: CompiledRule, asked: Asked, known: Known): Difference[] {
  const found: Difference[] = [];
  const plain = (key: string, wanted: string | null, has: string | null) => {
    if (has !== null && wanted !== null && wanted !== has)
      found.push({ key, asked: wanted, has, says: `${key} is ${has}, not ${wanted}` });
  };
  if (!rule.ops.includes(asked.op))
    found.push({ key: 'allow', asked: asked.op, has: rule.ops.join(', '), says: `it allows ${rule.ops.join(', ')}` });
  plain('from', asked.from, rule.from);
  plain('program', asked.fromImage, rule.fromImage);
  plain('to', asked.to, rule.to);
  plain('to program', asked.toImage, rule.toImage);
  found.push(...accessOf(rule, asked), ...objectOf(rule, asked.object, known));
  return found;
}

function accessOf(rule: CompiledRule, asked: Asked): Difference[] {
  if (rule.access === 0 || asked.access.length === 0) return [];
  const words = (Object.keys(ACCESS) as Access[]).filter((word) => (rule.access & ACCESS[word]) !== 0);
  const missing = asked.access.filter((word) => !words.includes(word));
  const meets = rule.allow ? missing.length === 0 : missing.length < asked.access.length;
  if (meets) return [];
  return [
    {
      key: 'access',
      asked: asked.access.join(', '),
      has: words.join(', '),
      says: `it gives leave to ${words.join(', ')} only`,
    },
  ];
}

function objectOf({ object, fold }: CompiledRule, name: string, known: Known): Difference[] {
  if (matcher(object, known, fold)(name)) return [];
  const unknown = unknownTokens(object, known);
  const text = printPattern(object);
  if (unknown.length > 0) {
    const values = guess(object, name, known, fold);
    if (values !== null)
      return [{ key: 'object', asked: name, has: text, says: `it is about this name only where ${values}` }];
  }
  return [{ key: 'object', asked: name, has: text, says: whereItEnds(object, name, known, fold) }];
}

const unknownTokens = (object: Pattern, known: Known): PatternPart[] =>
  object.filter((part) => typeof part !== 'string' && part.token in CONDITIONAL && known(part.token).length === 0);

// What a value that nobody knows yet looks like.
const CONDITIONAL: Readonly<Record<string, Exclude<PatternPart, string>>> = {
  pid: { token: 'uint' },
  'win.pid': { token: 'uint' },
  'peer.pid': { token: 'uint' },
  'peer.win.pid': { token: 'uint' },
  uid: { token: 'uint' },
  session: { token: 'uint' },
  user: { token: 'name' },
  host: { token: 'name' },
  home: { token: 'rest' },
  temp: { token: 'rest' },
  given: { token: 'rest' },
};

/** Whether the name fits if unknown values are right: which they would have to be, in words. */
function guess(object: Pattern, name: string, known: Known, fold: boolean): string | null {
  const opened = object.map((part) => {
    if (typeof part === 'string' || known(part.token).length > 0) return part;
    return CONDITIONAL[part.token] ?? part;
  });
  if (!matcher(opened, known, fold)(name)) return null;
  const filled = object.map((part) => (typeof part === 'string' ? part : (known(part.token)[0] ?? part)));
  const tokens = filled.filter((part) => typeof part !== 'string').map((part) => printPattern([part]));
  return tokens.length === 1
    ? `${tokens[0]} is ${valueIn(filled, name)}`
    : `${[...new Set(tokens)].join(' and ')} fit it`;
}

/** What stands in the place of the only token. */
function valueIn(object: Pattern, name: string): string {
  const at = object.findIndex((part) => typeof part !== 'string');
  const [head, tail] = [object.slice(0, at), object.slice(at + 1)].map((parts) => parts.join('').length);
  return name.slice(head, name.length - tail!);
}

/** The longest beginning of the name that the pattern takes, and what it would need next. */
function whereItEnds(object: Pattern, name: string, known: Known, fold: boolean): string {
  const { length, part, into } = readAlong(object, known, name, fold);
  const next = object[part];
  if (next === undefined) return quote(name, length, 'its end');
  if (typeof next === 'string') return quote(name, length, JSON.stringify([...next].slice(into).join('')));
  return quote(name, length, wantedBy(next, known));
}

function wantedBy(part: Exclude<PatternPart, string>, known: Known): string {
  const text = printPattern([part]);
  const values = known(part.token);
  if (values.length > 0) return `${text}, which is ${values.map((value) => JSON.stringify(value)).join(' or ')}`;
  const wants = part.width === undefined ? WANTS[part.token] : `${part.width} hex digits`;
  return wants === undefined ? text : `${text}, ${wants}`;
}

function quote(name: string, at: number, wanted: string): string {
  const has = name.slice(at) === '' ? 'ends' : `has ${JSON.stringify(name.slice(at, at + 40))}`;
  return at === 0
    ? `the name ${has} where the rule has ${wanted}`
    : `after ${JSON.stringify(name.slice(Math.max(0, at - 40), at))} the name ${has} where the rule has ${wanted}`;
}

const WEIGHTS: Readonly<Record<string, number>> = { from: 4, to: 3, allow: 3, object: 2, access: 1 };

/** How far from the interaction the rule is: fewer keys first, then more of the name taken. */
export function farness(rule: CompiledRule, asked: Asked, differences: readonly Difference[], known: Known): number {
  const keys = differences.reduce((sum, { key }) => sum + (WEIGHTS[key] ?? 1), 0);
  const { length } = readAlong(rule.object, known, asked.object, rule.fold);
  // Of two alike the permission is the one that was meant.
  return keys + 1 - length / Math.max(asked.object.length, 1) + (rule.allow ? 0 : 0.01);
}
