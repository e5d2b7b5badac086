// A rule as the system file has it (design, section 7), as far as the analyzer makes or reads one.
import type { Access, Op } from '../native/contract/words.js';

export interface Evidence {
  /** Runs that show it, of all runs the VM took part in. */
  runs: number;
  of: number;
  /** Interactions. */
  times: number;
  first: string;
  last: string;
}

export interface Rule {
  id: string;
  allow: Op | readonly Op[];
  from: string;
  to: string;
  object: string;
  access?: readonly Access[];
  state: 'proposed' | 'accepted' | 'refused';
  needed: 'proven' | 'seen' | 'optional' | 'unknown';
  /** A person's rule may have none of it, or a part. */
  evidence?: Partial<Evidence>;
  note?: string;
  /** A rule's id, or `argv`: over what a given value or a passed name has to have come. */
  carrier?: string;
  phase?: 'startup';
}

/** What the analyzer must know of a rule that stands in the system file already. Other keys are kept as they are. */
export type ExistingRule = Pick<Rule, 'id' | 'allow' | 'from' | 'to' | 'object' | 'state'> & Partial<Rule>;

export const opsOf = (rule: Pick<Rule, 'allow'>): readonly Op[] =>
  typeof rule.allow === 'string' ? [rule.allow] : rule.allow;

/** `vm:image` without the image: what stands in a run's columns `vm` and `peer`. */
export const placeOf = (place: string): string => place.split(':', 1)[0]!;
