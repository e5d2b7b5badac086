// Every name that any run knows, and this host's files, to price a pattern against: how many of them it would admit.
import type { Pattern } from '../native/contract/rules.js';
import { firstFrom } from './first_from.js';
import { boundValues } from './grammar/generalise.js';
import type { Group } from './grammar/names.js';
import type { HostFiles } from './host_files.js';
import { matcher } from './pattern/match.js';

// Prices are for a reviewer, who looks at no more rules than these many comparisons cost.
const MOST_WORK = 5_000_000;

/** Operations whose names are paths. */
const PATHS = /^(?:(?:file|library)\.|(?:unix|pipe)\.connect$|program\.start$)/;

export class Namespace {
  private readonly plain: readonly string[];
  private folded: readonly string[] | null = null;
  private work = 0;

  constructor(
    names: readonly string[],
    private readonly files: HostFiles | null = null,
  ) {
    this.plain = [...names].sort();
  }

  /** Whether there is still leave to price. */
  get isOpen(): boolean {
    return this.work < MOST_WORK;
  }

  /** How many names `pattern` admits beside its own members, for the group that it would be a rule of. */
  beside(
    pattern: Pattern,
    members: readonly { name: string }[],
    group: Pick<Group, 'to' | 'op' | 'fold' | 'names'>,
  ): number {
    const { fold } = group;
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
    return also + this.filesBeside(pattern, own, group);
  }

  /** Files of the host that no run knows. */
  private filesBeside(pattern: Pattern, own: ReadonlySet<string>, group: Pick<Group, 'to' | 'op' | 'names'>): number {
    if (this.files === null || group.to !== 'host' || !PATHS.test(group.op)) return 0;
    const isNew = (path: string) => !own.has(path) && this.plain[firstFrom(this.plain, path)] !== path;
    return this.files.matching(pattern, boundValues(group as Group)).filter(isNew).length;
  }
}
