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

/** The rules about one operation between two places. */
interface Place {
  literals: Map<string, Rule>;
  patterns: Rule[];
}

/** Where a rule is indexed, and the one name it has. */
interface RuleKeys {
  places: readonly string[];
  literal: string | null;
}

const NO_RULES: Place = { literals: new Map(), patterns: [] };

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
  private readonly keys = new WeakMap<Rule, RuleKeys>();
  private readonly indexes = new WeakMap<readonly Rule[], ReadonlyMap<string, Place>>();

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
    const names = opsOf(rule).flatMap((op) => this.heldOf(rule, op, rules));
    const held: Held = {
      names: names.map(({ met }) => met),
      times: names.reduce((sum, { met }) => sum + met.times, 0),
      runs: new Set(names.flatMap(({ runs }) => runs)).size,
      of: this.runs,
      carries: rules.filter(({ carrier }) => carrier === rule.id).map(({ id }) => id),
    };
    this.heldKnown.set(rule, { rules, held });
    return held;
  }

  private heldOf(rule: Rule, op: string, rules: readonly Rule[]): { met: Met; runs: number[] }[] {
    const own = this.admitted(this.patternOf(rule), placeKey(op, splitPlace(rule.from).vm, splitPlace(rule.to).vm));
    if (own.length === 0) return [];
    const beaten = this.rivalsOf(rule, op, rules, own);
    return own
      .filter((seen) => !beaten(seen))
      .map((seen) => ({ met: metOf(seen, op), runs: seen.sightings.map(({ run }) => run) }));
  }

  /** The names of a place that a pattern admits; literal ones are looked up, of others only those that begin alike tried. */
  private admitted(pattern: Pattern, place: string): readonly SeenName[] {
    const known = this.byPlace.get(place);
    if (known === undefined) return [];
    const { group, names } = known;
    const text = headOf(pattern, group.fold);
    if (pattern.length === 1 && typeof pattern[0] === 'string') return names.called(text);
    return names.beginning(text).filter(testOf(pattern, group.fold));
  }

  /** A test of names, of those given, that other rules decide. */
  private rivalsOf(
    rule: Rule,
    op: string,
    rules: readonly Rule[],
    own: readonly SeenName[],
  ): (seen: SeenName) => boolean {
    const { literals, patterns } = this.indexOf(rules).get(placeKey(op, rule.from, rule.to)) ?? NO_RULES;
    const fold = this.folds(rule);
    const pattern = this.patternOf(rule);
    const beats = (other: Rule) => {
      const order = bySpecificity(this.patternOf(other), pattern);
      return other !== rule && (order < 0 || (order === 0 && other.state === 'refused' && rule.state !== 'refused'));
    };
    const plain = (name: string) => (fold ? foldName(name) : name);
    const names = own.map(({ name }) => plain(name));
    const mayAdmit = (other: Rule) => {
      const [head] = this.patternOf(other);
      return typeof head !== 'string' || names.some((name) => name.startsWith(plain(head)));
    };
    const tests = patterns
      .filter((other) => mayAdmit(other) && beats(other))
      .map((other) => testOf(this.patternOf(other), fold));
    return (seen) => {
      const literal = literals.get(plain(seen.name));
      return (literal !== undefined && beats(literal)) || tests.some((test) => test(seen));
    };
  }

  private keysOf(rule: Rule): RuleKeys {
    const known = this.keys.get(rule);
    if (known !== undefined) return known;
    const pattern = this.patternOf(rule);
    const [only] = pattern;
    const text = pattern.length === 1 && typeof only === 'string' ? only : null;
    const places = opsOf(rule).map((op) => placeKey(op, rule.from, rule.to));
    const made = { places, literal: text === null ? null : this.folds(rule) ? foldName(text) : text };
    this.keys.set(rule, made);
    return made;
  }

  /** Rules by whom they join and in what way: those of one name, and the others. */
  private indexOf(rules: readonly Rule[]): ReadonlyMap<string, Place> {
    const known = this.indexes.get(rules);
    if (known !== undefined) return known;
    const index = new Map<string, Place>();
    for (const rule of rules) {
      const { places, literal } = this.keysOf(rule);
      for (const key of places) {
        let place = index.get(key);
        if (place === undefined) {
          place = { literals: new Map(), patterns: [] };
          index.set(key, place);
        }
        if (literal === null) place.patterns.push(rule);
        else if (place.literals.get(literal)?.state !== 'refused') place.literals.set(literal, rule);
      }
    }
    this.indexes.set(rules, index);
    return index;
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
    const own = new Set(held);
    const admits = testText(pattern, fold);
    return this.near(pattern, fold)
      .filter((name) => !own.has(name) && admits(name))
      .slice(0, MOST_ALSO);
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
    const groups = opsOf(rule).map((op) =>
      this.byPlace.get(placeKey(op, splitPlace(rule.from).vm, splitPlace(rule.to).vm)),
    );
    const seen = groups.flatMap((place) => place?.group.names ?? []).filter(({ name }) => own.has(name));
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

const strictly = (wide: Naming, narrow: Naming): boolean => includes(wide, narrow) && !includes(narrow, wide);

function exampleOf(wide: Naming, narrow: Naming): string | null {
  const found = findBeyond(wide, [narrow]);
  return found.is === 'some' ? found.example.object : null;
}
