// A system file as values, after it was found right.
import type { Op } from '../../native/contract/words.js';
import type { System } from '../../tracer/session/system.js';
import type { FromSchema } from './from_schema.js';
import type { DEFS, SCHEMA } from './schema.js';

/** What a system file may hold, exactly as its schema says. */
export type RawSystem = FromSchema<typeof SCHEMA, typeof DEFS>;
export type RawMember = FromSchema<typeof DEFS.member, typeof DEFS>;
export type RawRule = FromSchema<typeof DEFS.rule, typeof DEFS>;

export type RuleState = NonNullable<RawRule['state']>;
export type Need = NonNullable<RawRule['needed']>;
export type Evidence = NonNullable<RawRule['evidence']>;

type Texts = 'args' | 'operation' | 'message';

/** A rule with the keys of the system file, also in every JSON that Shuttle prints. Patterns are text. */
export type Rule = Omit<RawRule, 'id' | 'state' | 'needed' | Texts> & {
  readonly id: string;
  readonly state: RuleState;
  readonly needed: Need;
  readonly args?: readonly string[];
  readonly operation?: string;
  readonly message?: string;
};

export interface SystemFile {
  /** The system as it runs. */
  system: System;
  /** In the file's order. */
  rules: readonly Rule[];
}

export const opsOf = (rule: Pick<Rule, 'allow'>): readonly Op[] =>
  typeof rule.allow === 'string' ? [rule.allow] : rule.allow;

/** `vm:image` taken apart; the image is null where none is named. */
export function splitPlace(place: string): { vm: string; image: string | null } {
  const colon = place.indexOf(':');
  return colon < 0 ? { vm: place, image: null } : { vm: place.slice(0, colon), image: place.slice(colon + 1) };
}
