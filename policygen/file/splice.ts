// Changing a YAML text where it changed and nowhere else: edits of offsets, made from the nodes' places.
import { isMap, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { writtenText } from './document.js';
import type { Fields } from './fields.js';
import { isList, printFlow, printText, same, type Value } from './scalar.js';

export interface Edit {
  start: number;
  end: number;
  text: string;
}

/** The text with the edits made. At one place, what is put in comes before what is taken out, in the order given. */
export function splice(text: string, edits: readonly Edit[]): string {
  const sorted = edits.map((edit, order) => ({ ...edit, order }));
  sorted.sort((a, b) => a.start - b.start || Number(a.end > a.start) - Number(b.end > b.start) || a.order - b.order);
  let made = '';
  let at = 0;
  for (const edit of sorted) {
    if (edit.start < at) continue; // inside what was taken out
    made += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return made + text.slice(at);
}

const rangeOf = (node: unknown): readonly [number, number] => {
  const range = (node as Node | null)?.range;
  return range ? [range[0], range[1]] : [0, 0];
};

/** Where a node's own text ends, without the comments and empty lines that follow it. */
export function endOf(node: unknown): number {
  if ((isMap(node) || isSeq(node)) && node.flow !== true && node.items.length > 0) {
    const last = node.items.at(-1)!;
    return isMap(node) ? pairEnd(last as Pair) : endOf(last);
  }
  return rangeOf(node)[1];
}

export const pairStart = (pair: Pair): number => rangeOf(pair.key)[0];
const pairEnd = (pair: Pair): number => Math.max(endOf(pair.value), rangeOf(pair.key)[1]);

/** The start of the line after the one that `at` ends in. */
export function nextLine(text: string, at: number): number {
  if (at > 0 && text[at - 1] === '\n') return at;
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

export const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;

/**
 * Edits that turn a map of the file, which now means `before`, into `wanted`. Keys that mean the same keep their text,
 * also where that is not there at all and the meaning a default. New keys go where `order` has them.
 */
export function editMap(
  text: string,
  map: YAMLMap,
  before: Fields,
  wanted: Fields,
  order: readonly string[],
  eol: string,
): Edit[] {
  const edits: Edit[] = [];
  const present = map.items.map((pair) => writtenText(pair.key)!);
  for (const [index, pair] of map.items.entries()) {
    const key = present[index]!;
    const value = wanted[key];
    if (same(value, before[key])) continue;
    edits.push(...(value === undefined ? [removal(text, map, index)] : editValue(text, pair, before[key], value, eol)));
  }
  for (const key of order) {
    const value = wanted[key];
    if (value !== undefined && !present.includes(key) && !same(value, before[key]))
      edits.push(addition(text, map, key, value, wanted, order, eol));
  }
  return edits;
}

function editValue(text: string, pair: Pair, before: Value | undefined, value: Value, eol: string): Edit[] {
  const node = pair.value as Node;
  if (isMap(node) && typeof value === 'object' && !isList(value))
    return editMap(text, node, before as Fields, value as Fields, Object.keys(value), eol);
  const [start] = rangeOf(node);
  if (isSeq(node) && node.flow !== true && isList(value)) {
    const dash = dashOf(text, node.items[0]);
    const indent = ' '.repeat(dash - lineStart(text, dash));
    const items = value.map((one) => `- ${printFlow(one)}`).join(eol + indent);
    return [{ start: dash, end: endOf(node), text: items }];
  }
  const end = endOf(node);
  const cut = text[end - 1] === '\n' ? end - (text[end - 2] === '\r' ? 2 : 1) : end; // a block scalar ends its line
  return [
    { start, end: Math.max(cut, start), text: (start === rangeOf(pair.key)[1] + 1 ? ' ' : '') + printFlow(value) },
  ];
}

function addition(
  text: string,
  map: YAMLMap,
  key: string,
  value: Value,
  wanted: Fields,
  order: readonly string[],
  eol: string,
): Edit {
  const before = order.slice(0, order.indexOf(key));
  const staying = map.items.filter((pair) => wanted[writtenText(pair.key)!] !== undefined);
  const previous = staying.findLast((pair) => before.includes(writtenText(pair.key)!)) ?? staying[0] ?? map.items[0];
  const line = `${printText(key)}: ${printFlow(value)}`;
  if (map.flow === true) {
    const at = previous ? pairEnd(previous) : rangeOf(map)[0] + 1;
    return { start: at, end: at, text: previous ? `, ${line}` : ` ${line} ` };
  }
  const first = pairStart(map.items[0]!);
  const indent = ' '.repeat(first - lineStart(text, first));
  const at = nextLine(text, pairEnd(previous!));
  const open = at === text.length && !text.endsWith('\n') ? eol : '';
  return { start: at, end: at, text: `${open}${indent}${line}${open === '' ? eol : ''}` };
}

function removal(text: string, map: YAMLMap, index: number): Edit {
  const pair = map.items[index]!;
  const next = map.items[index + 1];
  const start = pairStart(pair);
  if (map.flow === true) {
    if (next) return { start, end: pairStart(next), text: '' };
    return { start: index > 0 ? pairEnd(map.items[index - 1]!) : start, end: pairEnd(pair), text: '' };
  }
  const first = text.slice(lineStart(text, start), start).trim() !== ''; // shares its line with the item's dash
  if (first && next) return { start, end: pairStart(next), text: '' };
  return { start: lineStart(text, start), end: nextLine(text, pairEnd(pair)), text: '' };
}

/** Takes an item out of a list. Whole-line comments around it stay. */
export function removeItem(text: string, list: YAMLSeq, index: number): Edit {
  const item = list.items[index];
  const [start] = rangeOf(item);
  if (list.flow === true) {
    const next = list.items[index + 1];
    if (next) return { start, end: rangeOf(next)[0], text: '' };
    return { start: index > 0 ? endOf(list.items[index - 1]) : start, end: endOf(item), text: '' };
  }
  return { start: lineStart(text, dashOf(text, item)), end: nextLine(text, endOf(item)), text: '' };
}

/** Where the dash before a block list's item stands. */
export const dashOf = (text: string, item: unknown): number => text.lastIndexOf('-', rangeOf(item)[0] - 1);
