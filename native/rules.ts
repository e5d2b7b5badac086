// What native/addon/rules.cc offers: the rule table that the engine decides with, for asking it offline.
import type { CompiledRule } from './contract/rules.js';
import type { Op, TokenName } from './contract/words.js';

/** Values of bound tokens, by token. What is absent is not known and matches nothing. */
export type BoundValues = Partial<Record<TokenName, string>>;

/** See Question of native/engine/decide.h, which says what each key means. What is absent or null is not known. */
export interface Question {
  op: Op;
  from: string;
  /** The asker's program file; a path will do. */
  fromImage?: string | null;
  to?: string | null;
  toImage?: string | null;
  object: string;
  access?: number;
  /** Without the program's own name. */
  args?: readonly string[] | null;
  starting?: boolean;
  operation?: string | null;
  message?: string | null;
  title?: string | null;
  bindings?: BoundValues;
  given?: readonly { carrier: string; value: string }[];
}

/** The rule that decided, what it says, and where it points. */
export interface Answer {
  rule: string;
  allow: boolean;
  to: string;
}

export interface NativeRuleTable {
  /** Null where no rule matches. */
  decide(question: Question): Answer | null;
  /** For each place that rules point to, whatever the question's `to`, the rule that would decide there. */
  pointing(question: Question): Answer[];
  /** Whether any rule of this VM has the operation. */
  any(from: string, op: Op): boolean;
}

/** Throws a TypeError where a rule is none: rules come checked from policygen. */
export type NativeRuleTableConstructor = new (rules: readonly CompiledRule[]) => NativeRuleTable;

export interface RuleFunctions {
  RuleTable: NativeRuleTableConstructor;
  /** A rule's object alone, and the machine words worked through, so that a test can count what a match costs. */
  matchPattern(
    rule: CompiledRule,
    name: Buffer,
    values?: BoundValues,
    given?: readonly string[],
  ): { matches: boolean; steps: number };
  /** A name as rules that fold compare it. */
  foldName(name: Buffer): Buffer;
}
