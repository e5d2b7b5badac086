// Every name that any run knows, to price a pattern against: how many of them it would admit.
import type { Pattern } from '../native/contract/rules.js';
import { firstFrom } from './first_from.js';
import { matcher } from './pattern/match.js';

// Prices are for a reviewer, who looks at no more rules than these many comparisons cost.
const MOST_WORK = 5_000_000;

export class Namespace {
  private readonly plain: readonly string[];
  private folded: readonly string[] | null = null;
  private work = 0;

  constructor(names: readonly string[]) {
    this.plain = [...names].sort();
  }

  /** Whether there is still leave to price. */
  get isOpen(): boolean {
    return this.work < MOST_WORK;
  }

  /** How many names `pattern` admits beside its own members. */
  beside(pattern: Pattern, members: readonly { name: string }[], fold: boolean): number {
    if (fold) this.folded ??= this.plain.map((name) => name.toUpperCase()).sort();
    const plain = (name: string) => (fold ? name.toUpperCase() : name);
    const names = fold ? this.folded! : this.plain;
    const own = new Set(members.map(({ name }) => plain(name)));
    const admits = matcher(pattern, () => [], fold);
    const head = typeof pattern[0] === 'string' ? plain(pattern[0]) : '';
    let also = 0;
    let at = firstFrom(names, head);
    for (; at < names.length && names[at]!.startsWith(head); at++) {
      this.work++;
      if (!own.has(names[at]!) && admits(names[at]!)) also++;
    }
    return also;
  }
}
