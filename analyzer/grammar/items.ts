// The unit that shapes are found among: one bound name, with the runs it was met in.
import { foldName } from '../../native/contract/fold.js';
import type { PatternPart } from '../../native/contract/rules.js';
import { printPattern } from '../pattern/text.js';
import { bindGroup } from './bind.js';
import type { Group } from './names.js';

export interface Item {
  /** The bound name as a pattern's text: the item's identity. */
  text: string;
  parts: readonly PatternPart[];
  /** Places of the runs, rising; copies are not counted. */
  runs: readonly number[];
  members: readonly { name: string; run: number }[];
}

/** Items sorted by text; names that are equal once bound (and, for Windows, but for case) are one item. */
export function itemsOf(group: Group): Item[] {
  const items = new Map<
    string,
    { parts: readonly PatternPart[]; text: string; members: { name: string; run: number }[] }
  >();
  for (const { name, sighting, parts } of bindGroup(group)) {
    const text = printPattern(parts);
    const key = group.fold ? foldName(text) : text;
    const member = { name, run: sighting.run };
    const known = items.get(key);
    if (known) known.members.push(member);
    else items.set(key, { parts, text, members: [member] });
  }
  return [...items.values()].map((item) => ({ ...item, runs: runsIn(item.members, group.copies) })).sort(byText);
}

function runsIn(members: Item['members'], copies: Group['copies']): number[] {
  return [...new Set(members.map(({ run }) => copies.get(run) ?? run))].sort((a, b) => a - b);
}

export const byText = (a: { text: string }, b: { text: string }): number =>
  a.text < b.text ? -1 : a.text > b.text ? 1 : 0;

/** Runs that any of the items was met in. */
export const runsOf = (items: readonly Item[]): Set<number> => new Set(items.flatMap(({ runs }) => runs));
