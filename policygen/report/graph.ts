// Who talks to whom, as a graph of two sides: programs in their VMs on the left, and on the right what they reach, in the
// place that owns it. Names of one rule are one node, and folders stand for their files where there are too many.
import type { Crossing } from '../../analyzer/report/read.js';
import type { InteractionClass, Verdict } from '../../native/contract/words.js';

export interface GraphNode {
  id: string;
  label: string;
}

export interface Group {
  /** A VM's name, `host` or `net`. */
  place: string;
  nodes: GraphNode[];
}

export interface Edge {
  from: string;
  to: string;
  class: InteractionClass;
  verdict: Verdict;
  ops: string[];
  times: number;
  rules: string[];
}

export interface Graph {
  /** Who reaches out. */
  left: Group[];
  /** What is reached. */
  right: Group[];
  edges: Edge[];
}

/** More nodes than these in one place are put together by folders. */
const MOST_IN_GROUP = 60;
/** What only a private copy was made of is told more shortly still. */
const MOST_COPIES = 8;

/** Rules that an edge names. */
const MOST_RULES = 50;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const baseOf = (path: string): string =>
  path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1) || path;

/** `patterns` are the rules' objects by their ids; `vms` in the system's order. */
export function graphOf(
  crossings: readonly Crossing[],
  patterns: ReadonlyMap<string, string>,
  vms: readonly string[],
): Graph {
  const named = crossings.map((one) => ({
    one,
    label: (one.rule === null ? undefined : patterns.get(one.rule)) ?? one.name,
  }));
  const folded = foldsOf(named.map(({ one, label }) => ({ place: keyOfPlace(one), label })));
  const edges = new Map<string, Edge>();
  const left = new Map<string, Map<string, GraphNode>>(vms.map((vm) => [vm, new Map()]));
  const right = new Map<string, Map<string, GraphNode>>();
  for (const { one, label } of named) {
    const program = one.image === null ? one.vm : baseOf(one.image);
    const target = folded.get(keyOfPlace(one))?.get(label) ?? label;
    const from = nodeIn(left, one.vm, program, 'l');
    const to = nodeIn(right, one.place, target, 'r');
    join(edges, one, from, to);
  }
  const order = [...vms, 'host', 'net'];
  const rank = (place: string) => (order.includes(place) ? order.indexOf(place) : order.length);
  const groups = (side: Map<string, Map<string, GraphNode>>): Group[] =>
    [...side]
      .map(([place, nodes]) => ({ place, nodes: [...nodes.values()].sort((a, b) => compare(a.label, b.label)) }))
      .sort((a, b) => rank(a.place) - rank(b.place) || compare(a.place, b.place));
  const sorted = [...edges.values()].sort((a, b) => compare(keyOf(a), keyOf(b)));
  return { left: groups(left), right: untangled(groups(right), groups(left), sorted), edges: sorted };
}

/** A place, and apart from it what was copied there. */
const keyOfPlace = ({ place, verdict }: Crossing): string => (verdict === 'redirected' ? `copies ${place}` : place);
const mostIn = (key: string): number => (key.startsWith('copies ') ? MOST_COPIES : MOST_IN_GROUP);

const keyOf = ({ from, to, class: kind, verdict }: Edge): string => [from, to, kind, verdict].join('\0');

function nodeIn(side: Map<string, Map<string, GraphNode>>, place: string, label: string, prefix: string): string {
  const nodes = side.get(place) ?? new Map<string, GraphNode>();
  side.set(place, nodes);
  const known = nodes.get(label) ?? { id: `${prefix} ${place} ${label}`, label };
  nodes.set(label, known);
  return known.id;
}

function join(edges: Map<string, Edge>, one: Crossing, from: string, to: string): void {
  const fresh: Edge = { from, to, class: one.class, verdict: one.verdict, ops: [], times: 0, rules: [] };
  const edge = edges.get(keyOf(fresh)) ?? fresh;
  edges.set(keyOf(fresh), edge);
  edge.times += Number(one.times);
  if (!edge.ops.includes(one.op)) edge.ops.push(one.op);
  if (one.rule !== null && edge.rules.length < MOST_RULES && !edge.rules.includes(one.rule)) edge.rules.push(one.rule);
}

/** For each place that has too many labels, what stands for each of them: ever higher folders, until there are few. */
function foldsOf(labels: readonly { place: string; label: string }[]): Map<string, Map<string, string>> {
  const byPlace = new Map<string, Set<string>>();
  for (const { place, label } of labels) byPlace.set(place, (byPlace.get(place) ?? new Set()).add(label));
  return new Map(
    [...byPlace]
      .filter(([key, all]) => all.size > mostIn(key))
      .map(([key, all]) => [key, foldAll([...all], mostIn(key))]),
  );
}

function foldAll(labels: readonly string[], most: number): Map<string, string> {
  let folded = new Map(labels.map((label) => [label, label]));
  for (let depth = 12; depth > 0 && new Set(folded.values()).size > most; depth--)
    folded = new Map(labels.map((label) => [label, cut(label, depth)]));
  return folded;
}

/** `/a/b/…` for what lies deeper than `depth` folders. */
function cut(label: string, depth: number): string {
  const mark = label.includes('\\') && !label.startsWith('/') ? '\\' : '/';
  const parts = label.split(mark);
  return parts.length <= depth + 1 ? label : `${parts.slice(0, depth + 1).join(mark)}${mark}…`;
}

/** Right nodes near what reaches them: by the middle of their partners' rows, then by name. */
function untangled(right: Group[], left: readonly Group[], edges: readonly Edge[]): Group[] {
  const rows = new Map(left.flatMap(({ nodes }) => nodes).map(({ id }, row) => [id, row]));
  const partners = new Map<string, number[]>();
  for (const { from, to } of edges) partners.set(to, [...(partners.get(to) ?? []), rows.get(from) ?? 0]);
  const middle = ({ id }: GraphNode) => {
    const list = partners.get(id) ?? [0];
    return list.reduce((sum, one) => sum + one, 0) / list.length;
  };
  return right.map(({ place, nodes }) => ({
    place,
    nodes: nodes.toSorted((a, b) => middle(a) - middle(b) || compare(a.label, b.label)),
  }));
}
