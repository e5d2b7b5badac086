// A rule as the keys and values it is written with.
import type { Rule } from './model.js';
import type { Value } from './scalar.js';

export type Fields = { readonly [key: string]: Value };

/** A rule's keys in the order they are written in: the rule itself, then what is said about it. */
export const RULE_KEYS: readonly (keyof Rule)[] = [
  'id',
  'allow',
  'from',
  'to',
  'object',
  'access',
  'args',
  'operation',
  'message',
  'title',
  'phase',
  'carrier',
  'carry',
  'state',
  'needed',
  'evidence',
  'decided',
  'note',
];

export function fieldsOf(rule: Rule): Fields {
  return Object.fromEntries(
    RULE_KEYS.flatMap((key) => {
      const value = rule[key] as Value | undefined;
      return value === undefined ? [] : [[key, value] as const];
    }),
  );
}
