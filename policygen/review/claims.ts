// Which rules admit which recorded names: kept up as rules change, so that no key waits for all of it.
import type { SeenName } from '../../analyzer/grammar/names.js';
import type { Rule } from '../file/model.js';

// Rules that admit more than these are few, and seldom the ones that decide: they are not written down name by name.
const WIDE = 1_000;

export class Claims {
  private readonly byName = new Map<SeenName, Rule[]>();
  private readonly wide = new Map<Rule, ReadonlySet<SeenName>>();
  private list: readonly Rule[] = [];
  private rules: ReadonlySet<Rule> = new Set();

  constructor(private readonly admittedBy: (rule: Rule) => readonly SeenName[]) {}

  /** From now on of these rules: what changed since the last ones is taken out and in. */
  follow(rules: readonly Rule[]): void {
    if (rules === this.list) return;
    const now = new Set(rules);
    for (const rule of this.rules) if (!now.has(rule)) this.takeOut(rule);
    for (const rule of rules) if (!this.rules.has(rule)) this.putIn(rule);
    this.list = rules;
    this.rules = now;
  }

  /** A test of names: whether some rule of which `chosen` holds admits them. */
  admittedWhere(chosen: (rule: Rule) => boolean): (name: SeenName) => boolean {
    const known = new Map<Rule, boolean>();
    const isChosen = (rule: Rule): boolean => {
      const found = known.get(rule) ?? chosen(rule);
      known.set(rule, found);
      return found;
    };
    const wide = [...this.wide].flatMap(([rule, names]) => (isChosen(rule) ? [names] : []));
    return (name) => this.byName.get(name)?.some(isChosen) === true || wide.some((names) => names.has(name));
  }

  private putIn(rule: Rule): void {
    const names = this.admittedBy(rule);
    if (names.length > WIDE) this.wide.set(rule, new Set(names));
    else
      for (const name of names) {
        const rules = this.byName.get(name);
        if (rules === undefined) this.byName.set(name, [rule]);
        else rules.push(rule);
      }
  }

  private takeOut(rule: Rule): void {
    if (this.wide.delete(rule)) return;
    for (const name of this.admittedBy(rule)) {
      const rules = this.byName.get(name);
      if (rules !== undefined) rules.splice(rules.indexOf(rule), 1);
    }
  }
}
