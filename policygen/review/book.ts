// What is known beside the rules: the names that were recorded, and what follows from them for any rule, edited ones too.

import type { Group, SeenName } from '../../analyzer/grammar/names.js';
import { isBound } from '../../analyzer/pattern/admits.js';
import { findBeyond, includes, type Naming } from '../../analyzer/pattern/algebra.js';
import { matcher } from '../../analyzer/pattern/match.js';
import { bySpecificity } from '../../analyzer/pattern/specific.js';
import { foldName } from '../../native/contract/fold.js';
import type { Pattern } from '../../native/contract/rules.js';
import { foldsNames, isWindows } from '../compile.js';
import { reachesProtected } from '../explain/risk.js';
import { opsOf, type Rule, type SystemFile, splitPlace } from '../file/model.js';
import { parsePattern, patternOf, printPattern } from '../pattern/pattern.js';
import { FactBook } from './facts.js';
import { narrowerReadings, widerReadings } from './readings.js';

/** A recorded name, with how often it was met. */
export interface Met {
  name: string;
  op: string;
  times: number;
  runs: number;
}

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
const MOST_TRIED = 20_000;

export class Book {
  readonly facts: FactBook;
  private readonly windows: ReadonlySet<string>;
  private readonly byPlace = new Map<string, Group>();
  private readonly every: readonly string[];
  private readonly patterns = new WeakMap<Rule, Pattern>();
  private readonly heldKnown = new WeakMap<Rule, { rules: readonly Rule[]; held: Held }>();
  private readonly ladders = new WeakMap<Rule, Ladder>();

  constructor(
    readonly file: SystemFile,
    groups: readonly Group[],
    readonly runs: number,
  ) {
    this.facts = new FactBook(file);
    this.windows = new Set(file.system.vms.filter(isWindows).map(({ name }) => name));
    for (const group of groups) this.byPlace.set(placeKey(group.op, group.from, group.to), group);
    this.every = [...new Set(groups.flatMap(({ names }) => names.map(({ name }) => name)))].sort();
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
    const group = this.byPlace.get(placeKey(op, splitPlace(rule.from).vm, splitPlace(rule.to).vm));
    if (group === undefined) return [];
    const pattern = this.patternOf(rule);
    const admits = testOf(pattern, group.fold);
    const own = group.names.filter(admits);
    if (own.length === 0) return [];
    const rivals = this.rivalsOf(rule, op, rules);
    return own
      .filter((seen) => !rivals.some((beats) => beats(seen, group.fold)))
      .map((seen) => ({ met: metOf(seen, op), runs: seen.sightings.map(({ run }) => run) }));
  }

  /** Tests of names that other rules decide. */
  private rivalsOf(rule: Rule, op: string, rules: readonly Rule[]): ((seen: SeenName, fold: boolean) => boolean)[] {
    const pattern = this.patternOf(rule);
    const literals = new Map<string, Rule>();
    const tests: ((seen: SeenName, fold: boolean) => boolean)[] = [];
    for (const other of rules) {
      if (other === rule || other.from !== rule.from || other.to !== rule.to || !opsOf(other).some((one) => one === op))
        continue;
      const its = this.patternOf(other);
      const order = bySpecificity(its, pattern);
      const first = order < 0 || (order === 0 && other.state === 'refused' && rule.state !== 'refused');
      if (!first) continue;
      if (its.length === 1 && typeof its[0] === 'string')
        literals.set(this.folds(other) ? foldName(its[0]) : its[0], other);
      else {
        const both = [testOf(its, false), testOf(its, true)] as const;
        tests.push((seen, fold) => both[fold ? 1 : 0](seen));
      }
    }
    if (literals.size > 0) tests.push(({ name }, fold) => literals.has(fold ? foldName(name) : name));
    return tests;
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
    const [head] = pattern;
    if (fold || typeof head !== 'string') return this.every.slice(0, MOST_TRIED);
    const from = firstFrom(this.every, head);
    let to = from;
    while (to < this.every.length && to - from < MOST_TRIED && this.every[to]!.startsWith(head)) to++;
    return this.every.slice(from, to);
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
    const seen = groups.flatMap((group) => group?.names ?? []).filter(({ name }) => own.has(name));
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

const strictly = (wide: Naming, narrow: Naming): boolean => includes(wide, narrow) && !includes(narrow, wide);

function exampleOf(wide: Naming, narrow: Naming): string | null {
  const found = findBeyond(wide, [narrow]);
  return found.is === 'some' ? found.example.object : null;
}

/** Bound tokens stand for what they stood for where the name was met. */
function testOf(pattern: Pattern, fold: boolean): (seen: SeenName) => boolean {
  if (!pattern.some((part) => typeof part !== 'string' && isBound(part.token))) {
    const admits = matcher(pattern, () => [], fold);
    return ({ name }) => admits(name);
  }
  return ({ name, sightings }) =>
    sightings.some(({ values }) => {
      const bound = (token: string) => values.filter((one) => one.token === token).map(({ value }) => value);
      // Given values are known only where something is inferred: there they may be anything.
      const opened = pattern.map((part) =>
        typeof part !== 'string' && part.token === 'given' ? { token: 'rest' as const } : part,
      );
      return matcher(opened, bound, fold)(name);
    });
}

/** The same where nothing is known of the run: a bound token may be any name. */
function testText(pattern: Pattern, fold: boolean): (name: string) => boolean {
  const opened = pattern.map((part) =>
    typeof part !== 'string' && isBound(part.token)
      ? { token: PATHS.has(part.token) ? ('rest' as const) : ('name' as const) }
      : part,
  );
  return matcher(opened, () => [], fold);
}

const PATHS = new Set(['home', 'temp', 'given']);

function metOf({ name, sightings }: SeenName, op: string): Met {
  return { name, op, times: sightings.reduce((sum, { times }) => sum + times, 0), runs: sightings.length };
}

function firstFrom(names: readonly string[], head: string): number {
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (names[middle]! < head) low = middle + 1;
    else high = middle;
  }
  return low;
}
