// Finding one's way in a document that its schema already admitted.
import { isMap, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import { writtenText } from './document.js';
import { startOf } from './validate.js';

/** The pair of a key, or null. */
export function pairOf(map: unknown, key: string): Pair | null {
  return isMap(map) ? (map.items.find((pair) => writtenText(pair.key) === key) ?? null) : null;
}

export const nodeAt = (map: unknown, key: string): Node | null => (pairOf(map, key)?.value as Node | null) ?? null;

export const textAt = (map: unknown, key: string): string | null => writtenText(nodeAt(map, key));

/** The texts of a list's items, as written. */
export const textsOf = (list: unknown): string[] =>
  isSeq(list) ? list.items.map((item) => writtenText(item) ?? '') : [];

export const itemsOf = (list: unknown): Node[] => (isSeq(list) ? (list.items as Node[]) : []);

/** Pairs of a map by name, in the file's order. */
export function namedOf(map: unknown): { name: string; key: Node; value: Node }[] {
  if (!isMap(map)) return [];
  return map.items.map((pair) => ({
    name: writtenText(pair.key) ?? '',
    key: pair.key as Node,
    value: pair.value as Node,
  }));
}

export const at = (node: unknown): number => startOf(node) ?? 0;

/** Where a key stands, or where its map begins. */
export const atKey = (map: YAMLMap | Node, key: string): number => startOf(pairOf(map, key)?.key) ?? at(map);
