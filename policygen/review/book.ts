// What is known beside the rules: the names that were recorded, and what follows from them for any rule, edited ones too.

import type { Group, SeenName } from '../../analyzer/grammar/names.js';
import { findBeyond, includes, type Naming } from '../../analyzer/pattern/algebra.js';
import { bySpecificity } from '../../analyzer/pattern/specific.js';
import { foldName } from '../../native/contract/fold.js';
import type { Pattern } from '../../native/contract/rules.js';
import { foldsNames, isWindows } from '../compile.js';
import { reachesProtected } from '../explain/risk.js';
import { opsOf, type Rule, type SystemFile, splitPlace } from '../file/model.js';
import { parsePattern, patternOf, printPattern } from '../pattern/pattern.js';
import { Claims } from './claims.js';
import { FactBook } from './facts.js';
import { type Met, metOf, testOf, testText } from './met.js';
import { narrowerReadings, widerReadings } from './readings.js';
import { SortedNames } from './sorted_names.js';

/** The recorded interactions that a rule decides: what refusing it would have blocked. */
export interface Held {
  names: Met[];
  times: number;
  runs: number;
  of: number;
  /** Rules that rest on what this one brings. */
  carries: string[];
}

/** Another pattern that a rule could have, and what that would admit as well. */
export interface Reading {
  object: string;
  /** Recorded names beyond the rule's own. */
  also: string[];
  /** A name that the wider of the two admits and the narrower does not. */
  example: string | null;
}

export interface Ladder {
  /** The nearest first. */
  narrower: Reading[];
  wider: Reading[];
}

/** What a pattern being typed would do. */
export type Matching =
  | { valid: false; code: string; at: number }
  | { valid: true; own: number; of: number; other: string[]; others: number; protected: boolean; more: boolean };

const MOST_ALSO = 1000;
// A key must be answered at once: of more names only so many are tried.
const MOST_TRIED = 5_000;

export class Book {
  readonly facts: FactBook;
  private readonly windows: ReadonlySet<string>;
  private readonly byPlace = new Map<string, { group: Group; names: SortedNames<SeenName> }>();
  private readonly every: SortedNames<string>;
  private readonly patterns = new WeakMap<Rule, Pattern>();
  private readonly heldKnown = new WeakMap<Rule, { rules: readonly Rule[]; held: Held }>();
  private readonly ladders = new WeakMap<Rule, Ladder>();
  private readonly everyFolded: SortedNames<string>;
  private readonly admittedKnown = new Map<string, readonly SeenName[]>();
  private readonly claims = new Claims((rule) => this.admittedBy(rule));

  constructor(
    readonly file: SystemFile,
    groups: readonly Group[],
    readonly runs: number,
  ) {
    this.facts = new FactBook(file);
    this.windows = new Set(file.system.vms.filter(isWindows).map(({ name }) => name));
    // Sorted now, so that no key waits for it.
    for (const group of groups) {
      const names = new SortedNames(group.names, ({ name }) => (group.fold ? foldName(name) : name));
      this.byPlace.set(placeKey(group.op, group.from, group.to), { group, names });
    }
    const every = [...new Set(groups.flatMap(({ names }) => names.map(({ name }) => name)))].sort();
    this.every = new SortedNames(every, (name) => name);
    this.everyFolded = new SortedNames(every, foldName);
    this.claims.follow(file.rules);
  }

  folds(rule: Rule): boolean {
    return opsOf(rule).some((op) => foldsNames(op, rule, this.windows));
  }

  private patternOf(rule: Rule): Pattern {
    const pattern = this.patterns.get(rule) ?? patternOf(rule.object);
    this.patterns.set(rule, pattern);
    return pattern;
  }

  /** What of the record the rule decides, among `rules`. */
  held(rule: Rule, rules: readonly Rule[]): Held {
    const known = this.heldKnown.get(rule);
    if (known?.rules === rules) return known.held;
    this.claims.follow(rules);
    const beaten = this.beatenIn(rule);
    const runs = new Set<number>();
    const names = opsOf(rule).flatMap((op) =>
      this.admitted(rule, op)
        .filter((seen) => !beaten(seen))
        .map((seen) => {
          // Most often a few names were met in all runs.
          if (runs.size < this.runs) for (const { run } of seen.sightings) runs.add(run);
          return metOf(seen, op);
        }),
    );
    const held: Held = {
      names,
      times: names.reduce((sum, { times }) => sum + times, 0),
      runs: runs.size,
      of: this.runs,
      carries: rules.filter(({ carrier }) => carrier === rule.id).map(({ id }) => id),
    };
    this.heldKnown.set(rule, { rules, held });
    return held;
  }

  private admittedBy(rule: Rule): readonly SeenName[] {
    const [op, ...more] = opsOf(rule);
    const first = this.admitted(rule, op!);
    return more.length === 0 ? first : [first, ...more.map((one) => this.admitted(rule, one))].flat();
  }

  /** The recorded names that the rule's pattern admits; literal ones are looked up, of others only those that begin alike tried. */
  private admitted(rule: Rule, op: string): readonly SeenName[] {
    const place = placeKey(op, splitPlace(rule.from).vm, splitPlace(rule.to).vm);
    const key = `${place} ${rule.object}`;
    const known = this.admittedKnown.get(key);
    if (known !== undefined) return known;
    const made = this.admittedIn(place, this.patternOf(rule));
    this.admittedKnown.set(key, made);
    return made;
  }

  private admittedIn(place: string, pattern: Pattern): readonly SeenName[] {
    const known = this.byPlace.get(place);
    if (known === undefined) return [];
    const { group, names } = known;
    const text = headOf(pattern, group.fold);
    if (pattern.length === 1 && typeof pattern[0] === 'string') return names.called(text);
    const near = names.beginning(text);
    return isWhole(pattern) ? near : near.filter(testOf(pattern, group.fold));
  }

  /** A test of names that other rules decide. */
  private beatenIn(rule: Rule): (seen: SeenName) => boolean {
    const pattern = this.patternOf(rule);
    return this.claims.admittedWhere((other) => {
      if (other === rule || other.from !== rule.from || other.to !== rule.to) return false;
      const order = bySpecificity(this.patternOf(other), pattern);
      return order < 0 || (order === 0 && other.state === 'refused' && rule.state !== 'refused');
    });
  }

  /** Narrower and wider patterns for a rule, each with its price. */
  ladder(rule: Rule, rules: readonly Rule[]): Ladder {
    const known = this.ladders.get(rule);
    if (known !== undefined) return known;
    const held = this.held(rule, rules).names.map(({ name }) => name);
    const fold = this.folds(rule);
    const pattern = this.patternOf(rule);
    const here: Naming = { pattern, fold, carrier: rule.carrier ?? null };
    const naming = (of: Pattern): Naming => ({ ...here, pattern: of });
    const narrower = narrowerReadings(pattern, held).filter((one) => held.every((name) => testText(one, fold)(name)));
    const wider = widerReadings(pattern).filter((one) => !reachesProtected(one));
    const ladder: Ladder = {
      narrower: narrower
        .filter((one) => strictly(here, naming(one)))
        .map((one) => ({ object: printPattern(one), also: [], example: exampleOf(here, naming(one)) })),
      wider: wider
        .filter((one) => strictly(naming(one), here))
        .map((one) => ({
          object: printPattern(one),
          also: this.alsoOf(one, fold, held),
          example: exampleOf(naming(one), here),
        })),
    };
    this.ladders.set(rule, ladder);
    return ladder;
  }

  private alsoOf(pattern: Pattern, fold: boolean, held: readonly string[]): string[] {
    const also = new Set(this.near(pattern, fold).filter(testText(pattern, fold)));
    for (const name of held) also.delete(name);
    return [...also].slice(0, MOST_ALSO);
  }

  /** Recorded names that begin as the pattern does, at most so many as are quickly tried. */
  private near(pattern: Pattern, fold: boolean): readonly string[] {
    return (fold ? this.everyFolded : this.every).beginning(headOf(pattern, fold), MOST_TRIED);
  }

  /** What a pattern being typed for a rule would admit of what was recorded. */
  matching(text: string, rule: Rule, rules: readonly Rule[]): Matching {
    const parsed = parsePattern(text);
    if ('defect' in parsed) return { valid: false, code: parsed.defect.code, at: parsed.at };
    if (text === '') return { valid: false, code: 'EMPTY', at: 0 };
    const fold = this.folds(rule);
    const held = this.held(rule, rules).names;
    const own = new Set(held.map(({ name }) => name));
    const near = this.near(parsed.pattern, fold);
    const admits = testText(parsed.pattern, fold);
    const other = near.filter((name) => !own.has(name) && admits(name));
    const seen = this.admittedBy(rule).filter(({ name }) => own.has(name));
    return {
      valid: true,
      own: seen.filter(testOf(parsed.pattern, fold)).length,
      of: held.length,
      other: other.slice(0, 5),
      others: other.length,
      protected: reachesProtected(parsed.pattern),
      more: near.length >= MOST_TRIED,
    };
  }
}

const placeKey = (op: string, from: string, to: string): string => `${op} ${from} ${to}`;

/** The literal text that a pattern begins with, as names are compared. */
function headOf([head]: Pattern, fold: boolean): string {
  if (typeof head !== 'string') return '';
  return fold ? foldName(head) : head;
}

/** Whether a pattern admits whatever begins as it does. */
function isWhole(pattern: Pattern): boolean {
  const last = pattern.at(-1);
  const literal = pattern.length === 1 || (pattern.length === 2 && typeof pattern[0] === 'string');
  return literal && typeof last === 'object' && last.token === 'rest';
}

const strictly = (wide: Naming, narrow: Naming): boolean => includes(wide, narrow) && !includes(narrow, wide);

function exampleOf(wide: Naming, narrow: Naming): string | null {
  const found = findBeyond(wide, [narrow]);
  return found.is === 'some' ? found.example.object : null;
}
