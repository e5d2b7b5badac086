// Files that rules with free tokens admit. The engine serves such a file when it is asked for, which costs, and a list of a
// folder is the kernel's alone to give. So what the host has by those names when a VM starts is shown by its mounts.
import { type Dirent, readdirSync } from 'node:fs';
import type { CompiledRule } from '../../native/contract/rules.js';
import type { Op } from '../../native/contract/words.js';
import { type FileGrant, holdsAlways } from './grants.js';
import { isAtOrBelow, join } from './paths.js';

const SHOWS: readonly Op[] = ['file.read', 'library.load', 'file.list'];
const CHANGES: readonly Op[] = ['file.write', 'file.create', 'file.delete'];

/** More are left to the engine: a mount costs the start some 20 us, and looking through a whole disk more than that. */
const MOST_GRANTS = 8_192;
const MOST_NAMES = 65_536;

export interface MatchedInput {
  /** With what is known before the VM starts in its tokens' places. */
  rules: readonly CompiledRule[];
  vm: string;
  /** Whether the rules let the VM do this with the host's file of this name. */
  admits(op: Op, path: string): boolean;
  /** Folders never looked into: what is protected, and what no rule need show. */
  closed: readonly string[];
  /** Told where there is more than is shown. */
  tell(text: string): void;
}

export function matchedGrants({ rules, vm, admits, closed, tell }: MatchedInput): FileGrant[] {
  const own = rules.filter((rule) => rule.from === vm && rule.to === 'host');
  // A refusal for some programs only is the engine's to make: a mount would show the file to all.
  if (own.some((rule) => !rule.allow && !holdsAlways(rule))) return [];
  const free = own.filter((rule) => rule.allow && holdsAlways(rule) && rule.ops.some((op) => SHOWS.includes(op)));
  const places = free.flatMap(placeOf).sort((a, b) => (a.folder < b.folder ? -1 : 1));
  const found = new Map<string, FileGrant>();
  const seen = new Map<string, number>();
  let left = MOST_NAMES;
  const visit = (folder: string, depth: number): void => {
    if ((seen.get(folder) ?? -1) >= depth || closed.some((one) => isAtOrBelow(folder, one))) return;
    seen.set(folder, depth);
    if (admits('file.list', folder)) found.set(folder, { path: folder, access: 'list' });
    for (const entry of entriesOf(folder)) {
      if (--left < 0 || found.size >= MOST_GRANTS) return;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (depth > 0) visit(path, depth - 1);
      } else if (isShown(path, admits) && !closed.includes(path)) found.set(path, { path, access: 'read' });
    }
  };
  for (const { folder, depth } of places) visit(folder, depth);
  if (left < 0 || found.size >= MOST_GRANTS)
    tell(
      `${vm}: not all files that rules with free tokens admit are shown; the rest can be opened and started, but not listed`,
    );
  return [...found.values()];
}

/** What may be changed too is opened where it lies, by the engine. */
const isShown = (path: string, admits: MatchedInput['admits']): boolean =>
  (admits('file.read', path) || admits('library.load', path)) && !CHANGES.some((op) => admits(op, path));

/** The folder that all names of a rule lie in, and how deep below it they lie; none where the rule has no free token. */
function placeOf({ object }: CompiledRule): { folder: string; depth: number }[] {
  const at = object.findIndex((part) => typeof part !== 'string');
  const known = object.slice(0, at).join('');
  if (at < 0 || !known.startsWith('/')) return [];
  const free = object.slice(at);
  const anywhere = free.some((part) => typeof part !== 'string' && part.token === 'rest');
  const slashes = free.flatMap((part) => (typeof part === 'string' ? part.match(/\//g) : null) ?? []).length;
  return [
    { folder: known.slice(0, known.lastIndexOf('/')) || '/', depth: anywhere ? Number.POSITIVE_INFINITY : slashes },
  ];
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return []; // it is not there, or not ours to look into: the engine says so when it is asked for
  }
}
