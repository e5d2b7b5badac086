// Families: names that differ in one unit only become one rule if their set is open; a closed set stays literals.
import type { PatternPart } from '../../native/contract/rules.js';
import { joinLiterals } from '../pattern/text.js';
import { isOpen, looksVolatile, type Proof } from './evidence.js';
import { byText, type Item, runsOf } from './items.js';
import { type Mask, masksOf, type Unit } from './masks.js';
import { patternOf } from './types.js';
import type { Family } from './volatile.js';

interface Member {
  item: Item;
  mask: Mask;
}

/** The families among `items`, the largest first; an item belongs to one at most. */
export function openFamilies(items: readonly Item[], unit: Unit, proof: Proof): Family[] {
  const frames = candidates(items, unit).filter(([, members]) => isProven(members, proof));
  frames.sort(([a, m], [b, n]) => n.length - m.length || (a < b ? -1 : 1));
  const taken = new Set<Item>();
  const families: Family[] = [];
  for (const [, all] of frames) {
    const members = all.filter(({ item }) => !taken.has(item));
    const family = isProven(members, proof) ? familyOf(varyingOf(members, proof)) : null;
    if (family === null) continue;
    families.push(family);
    for (const item of family.items) taken.add(item);
  }
  return families;
}

/** Without what every run met, unless the set is so open that it may as well be one of it. */
function varyingOf(members: readonly Member[], proof: Proof): readonly Member[] {
  if (
    isOpen(
      members.map(({ item }) => item),
      proof,
    )
  )
    return members;
  return members.filter(({ item }) => item.runs.length < proof.runs);
}

function candidates(items: readonly Item[], unit: Unit): [string, Member[]][] {
  const frames = new Map<string, Member[]>();
  for (const item of items) {
    for (const mask of masksOf(item, unit)) {
      const members = frames.get(mask.frame);
      if (members) members.push({ item, mask });
      else frames.set(mask.frame, [{ item, mask }]);
    }
  }
  return [...frames].filter(([, members]) => members.length > 1);
}

function isProven(members: readonly Member[], proof: Proof): boolean {
  const items = members.map(({ item }) => item);
  return isOpen(items, proof) || (isNewEachRun(items, proof) && isSomewhere(members));
}

// What is new each time is a name of something: where nothing else of it is known, it takes more than that to admit anything.
const isSomewhere = (members: readonly Member[]): boolean =>
  members[0]!.mask.frame.length > 1 || looksVolatile(members.map(({ mask }) => mask.value));

// New ones in every run, and never the same: a random word is as volatile as a random number. Few runs prove that of words
// that somebody may have chosen as little as they prove a name rare: three files of three runs may be all there are.
const ENOUGH = 5;

function isNewEachRun(items: readonly Item[], { runs }: Proof): boolean {
  const varying = items.filter((item) => item.runs.length < runs);
  return runs >= ENOUGH && varying.every((item) => item.runs.length === 1) && runsOf(varying).size === runs;
}

function familyOf(members: readonly Member[]): Family | null {
  const { item, mask } = members[0]!;
  const typed = patternOf(members.map((member) => member.mask.value));
  if (typed === null) return null;
  const parts = item.parts.flatMap((part, at): PatternPart[] => {
    if (at !== mask.part || typeof part !== 'string') return [part];
    return [part.slice(0, mask.start), ...typed, part.slice(mask.start + mask.value.length)];
  });
  return { pattern: joinLiterals(parts), items: members.map((member) => member.item).sort(byText) };
}
