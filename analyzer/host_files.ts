// Files of this host that a pattern would admit: what a wider rule costs beside the names that runs know. Only folders
// that the pattern leads into are read, and no more entries of all together than a reviewer's question is worth.
import { type Dirent, readdirSync } from 'node:fs';
import type { Pattern, PatternPart } from '../native/contract/rules.js';
import { isBound } from './pattern/admits.js';
import { type BoundValues, matcher } from './pattern/match.js';

const MOST_ENTRIES = 10_000;
const MOST_PRODUCTS = 16;
const DEEPEST = 256; // folders; deeper ones are made to exhaust whoever follows them

export class HostFiles {
  private left = MOST_ENTRIES;

  constructor(
    private readonly protectedPaths: readonly string[],
    private readonly list: (folder: string) => readonly Pick<Dirent, 'name' | 'isDirectory'>[] = listOf,
  ) {}

  /** Absolute paths, sorted; fewer than there are where there are very many. */
  matching(pattern: Pattern, bound: BoundValues): string[] {
    const paths = filledIn(pattern, bound).map(componentsOf);
    const real = paths.filter(({ length }) => length <= DEEPEST);
    return [...new Set(real.flatMap((components) => this.below('', components)))].sort();
  }

  private below(folder: string, [first, ...rest]: readonly Pattern[]): string[] {
    if (first === undefined) return [];
    if (first.some((part) => typeof part === 'object' && part.token === 'rest')) return this.everything(folder, first);
    if (first.every((part) => typeof part === 'string') && rest.length > 0)
      return this.below(`${folder}/${first.join('')}`, rest);
    const fits = matcher(first, () => []);
    return this.entries(folder).flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (!fits(entry.name)) return [];
      return rest.length === 0 ? [path] : entry.isDirectory() ? this.below(path, rest) : [];
    });
  }

  /** What `{rest}` admits below a folder: files at any depth. */
  private everything(folder: string, pattern: Pattern): string[] {
    const fits = matcher(pattern, () => []);
    const head = typeof pattern[0] === 'string' ? pattern[0] : '';
    const found: string[] = [];
    for (const pending = ['']; pending.length > 0; ) {
      const below = pending.pop()!;
      for (const entry of this.entries(folder + below)) {
        const name = `${below}/${entry.name}`;
        const start = name.slice(1, 1 + head.length);
        if (!head.startsWith(start)) continue; // nothing below begins as the pattern does
        if (fits(name.slice(1))) found.push(folder + name);
        if (entry.isDirectory()) pending.push(name);
      }
    }
    return found;
  }

  private entries(folder: string): readonly Pick<Dirent, 'name' | 'isDirectory'>[] {
    if (this.left <= 0 || this.protectedPaths.includes(folder) || UNREAL.test(folder)) return [];
    const entries = this.list(folder === '' ? '/' : folder).slice(0, this.left);
    this.left -= entries.length + 1;
    return entries.filter(({ name }) => !this.protectedPaths.includes(`${folder}/${name}`));
  }
}

// The kernel's own tables come and go, and never end.
const UNREAL = /^\/(?:proc|sys|dev)(?:\/|$)/;

function listOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return []; // not there, or nobody's business
  }
}

/** The pattern with each of the values that its variables had, as long as these are few. */
function filledIn(pattern: Pattern, bound: BoundValues): Pattern[] {
  let made: PatternPart[][] = [[]];
  for (const part of pattern) {
    const values = typeof part === 'string' || !isBound(part.token) ? [part] : bound(part.token);
    made = made.flatMap((parts) => values.map((value) => [...parts, value]));
    if (made.length > MOST_PRODUCTS) return [];
  }
  return made;
}

/** Parts between slashes; `{rest}` and all after it is one, since it reads over slashes. */
function componentsOf(pattern: Pattern): Pattern[] {
  const components: PatternPart[][] = [[]];
  let over = false;
  for (const part of pattern) {
    if (typeof part === 'object' || over) {
      components.at(-1)!.push(part);
      over ||= typeof part === 'object' && part.token === 'rest';
      continue;
    }
    const [head, ...others] = part.split('/');
    if (head !== '') components.at(-1)!.push(head!);
    for (const other of others) components.push(other === '' ? [] : [other]);
  }
  // An absolute path begins with a slash; anything else is no file.
  return components[0]!.length > 0 ? [] : components.slice(1);
}
