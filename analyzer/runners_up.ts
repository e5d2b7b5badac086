// The runners-up: what else each rule could have been, each with its price, kept for the reviewer.
import { type Alternative, mergersOf, type Reading, widerReadings } from './alternatives.js';
import { type Draft, sightingsOf } from './draft.js';
import { bitsOf } from './grammar/levels.js';
import type { Group } from './grammar/names.js';
import type { Namespace } from './namespace.js';
import { admitter } from './pattern/admits.js';
import { printPattern } from './pattern/text.js';
import type { Relearner } from './relearn.js';

// Longer lists nobody reviews one by one.
const MOST_LITERALS = 2000;

/** By the rules' ids: a typed rule's wider readings, and the one rule that literals of one shape could have been. */
export function runnersUpOf(
  drafts: readonly Draft[],
  names: Namespace,
  relearner: Relearner,
): Record<string, Alternative[]> {
  const found = new Map<string, Alternative[]>();
  const isTyped = ({ shape }: Draft) => shape.pattern.some((part) => typeof part !== 'string');
  for (const draft of drafts.filter(isTyped)) {
    if (!names.isOpen) break;
    const alternatives = widerReadings(draft.shape.pattern).map((one) => priced(one, [draft], names, relearner));
    if (alternatives.length > 0) found.set(draft.id, alternatives);
  }
  for (const list of literalsOf(drafts.filter((one) => !isTyped(one) && !one.rare)).values()) {
    if (list.length > MOST_LITERALS || !names.isOpen) continue;
    const items = list.map(({ object: text, shape }) => ({
      text,
      parts: shape.pattern,
      runs: [],
      members: shape.members,
    }));
    for (const merger of mergersOf(items)) {
      const merged = merger.of.map((at) => list[at]!);
      const alternative = priced(merger, merged, names, relearner);
      for (const { id } of merged) found.set(id, [alternative]);
    }
  }
  return Object.fromEntries(drafts.flatMap(({ id }) => (found.has(id) ? [[id, found.get(id)!]] : [])));
}

function literalsOf(drafts: readonly Draft[]): Map<Group, Draft[]> {
  const literals = new Map<Group, Draft[]>();
  for (const draft of drafts) {
    const list = literals.get(draft.group);
    if (list) list.push(draft);
    else literals.set(draft.group, [draft]);
  }
  return literals;
}

function priced(reading: Reading, drafts: readonly Draft[], names: Namespace, relearner: Relearner): Alternative {
  const members = drafts.flatMap(({ shape }) => shape.members);
  return {
    object: printPattern(reading.pattern),
    also_admits: names.beside(reading.pattern, members, drafts[0]!.group),
    heldout_denials: heldOutDenials(reading, drafts, relearner),
    more_bits: bitsMore(reading, drafts),
  };
}

function bitsMore({ pattern }: Reading, drafts: readonly Draft[]): number {
  const names = new Map<string, number[]>();
  for (const { name, run } of drafts.flatMap(({ shape }) => shape.members)) {
    const runs = names.get(name);
    if (runs) runs.push(run);
    else names.set(name, [run]);
  }
  const named = [...names].map(([name, runs]) => ({ parts: [name], runs }));
  const rules = drafts.map(({ shape }) => shape.pattern);
  return bitsOf([pattern], named) - bitsOf(rules, named);
}

/** Rows of the rules' names in a run left out that the reading, found without that run, would not admit: the mean. */
function heldOutDenials({ again }: Reading, drafts: readonly Draft[], relearner: Relearner): number {
  const { group } = drafts[0]!;
  const met = drafts.flatMap(sightingsOf);
  let [rows, runs] = [0, 0];
  for (const run of relearner.runs) {
    const place = group.runs.indexOf(run);
    if (place < 0) continue;
    runs++;
    const left = met.filter((one) => one.sighting.run === place);
    if (left.length === 0) continue;
    const { shapeOf, bound } = relearner.without(group, place);
    const shapes = new Set(
      met.flatMap(({ name, sighting }) => (sighting.run === place ? [] : (shapeOf.get(name) ?? []))),
    );
    const admits = admitter(again([...shapes]), bound, group.fold);
    for (const { name, sighting } of left) if (!admits(name)) rows += sighting.times;
  }
  return runs === 0 ? 0 : Math.round((rows / runs) * 1000) / 1000;
}
