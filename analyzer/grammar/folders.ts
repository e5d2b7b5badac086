// Folder rules: files at changing depths below one folder, whose set is open, become `folder/{rest}`; the deepest folder
// that is open is taken.
import type { PatternPart } from '../../native/contract/rules.js';
import { joinLiterals } from '../pattern/text.js';
import { isOpen, type Proof } from './evidence.js';
import type { Item } from './items.js';
import type { Family } from './volatile.js';

// `/` and `/home` are nobody's data folder; nor is `{home}` itself.
const SHALLOWEST = 2;
const DEEPEST = 64;

interface Folder {
  depth: number;
  parts: readonly PatternPart[];
  items: Item[];
}

export function folderFamilies(items: readonly Item[], proof: Proof): Family[] {
  const folders = [...foldersOf(items)].filter(([, { items: below }]) => isOpen(below, proof));
  folders.sort(([a, x], [b, y]) => y.depth - x.depth || (a < b ? -1 : 1));
  const taken = new Set<Item>();
  return folders.flatMap(([, { parts, items: below }]): Family[] => {
    const left = below.filter((item) => !taken.has(item));
    if (!isOpen(left, proof)) return [];
    for (const item of left) taken.add(item);
    return [{ pattern: joinLiterals([...parts, { token: 'rest' }]), items: left }];
  });
}

function foldersOf(items: readonly Item[]): Map<string, Folder> {
  const folders = new Map<string, Folder>();
  for (const item of items) {
    for (const { key, depth, parts } of ancestors(item)) {
      const folder = folders.get(key);
      if (folder) folder.items.push(item);
      else folders.set(key, { depth, parts, items: [item] });
    }
  }
  return folders;
}

// Every folder on the way to the item, with the separator that ends it.
function ancestors(item: Item): { key: string; depth: number; parts: PatternPart[] }[] {
  const found: { key: string; depth: number; parts: PatternPart[] }[] = [];
  const before: PatternPart[] = [];
  let depth = 0;
  let key = '';
  for (const part of item.parts) {
    if (typeof part !== 'string') key += `\u0001${part.token}\u0001`;
    else {
      for (const { index } of part.matchAll(/[\\/]/g)) {
        if (index === 0 && key === '') continue;
        if (++depth >= SHALLOWEST && depth <= DEEPEST)
          found.push({ key: key + part.slice(0, index + 1), depth, parts: [...before, part.slice(0, index + 1)] });
      }
      key += part;
    }
    before.push(part);
  }
  return found;
}
