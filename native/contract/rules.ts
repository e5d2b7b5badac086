// The compiled rule: what the policy becomes before the engine, the replayer and the analyzer see it.
// The head comment of native/engine/decide.h says what each key means when a decision is made.
import type { Op, TokenName } from './words.js';

/** One piece of a pattern: literal text, or a typed token. `width` goes with `hex` (exactly that many digits). */
export type PatternPart = string | { token: TokenName; width?: number };
export type Pattern = readonly PatternPart[];

/** Begins the ids of rules that no person wrote: rows they decided propose nothing and ask for no rule. */
export const OWN_RULE = 'shuttle:';

export interface CompiledRule {
  id: string;
  /** false: a reviewer's refusal, which blocks also while learning. */
  allow: boolean;
  ops: readonly Op[];
  from: string;
  /** Base name of the program's file, or null for any program of the VM. */
  fromImage: string | null;
  /** A VM, `host` or `net`. */
  to: string;
  toImage: string | null;
  object: Pattern;
  /** Compare the name as Windows does: simple upper-casing. */
  fold: boolean;
  /** Bits of ACCESS the rule covers; 0 means the key was not given, so any. */
  access: number;
  /** Patterns for argv[1..], or null when the rule does not say. */
  args: readonly Pattern[] | null;
  phase: 'startup' | null;
  operation: string | null;
  message: string | null;
  title: string | null;
  /** A rule's id or `argv`: where a `{given}` value or a passed name must have come from. */
  carrier: string | null;
  /** True for `carry: relay`: never hand a socket over. */
  relay: boolean;
}

/** What a rule holds that sets no condition besides who, what and how: any program, any access, any arguments, at any time. */
export const NO_CONDITIONS = {
  fromImage: null,
  toImage: null,
  fold: false,
  access: 0,
  args: null,
  phase: null,
  operation: null,
  message: null,
  title: null,
  carrier: null,
  relay: false,
} as const satisfies Partial<CompiledRule>;

/** The caller's own values that bound tokens stand for. Everything here is known when the VM starts. */
export interface Variables {
  user: string;
  uid: string;
  host: string;
  home: string;
  temp: string;
  session: string;
}
