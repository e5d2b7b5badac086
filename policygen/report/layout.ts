// Where each node and edge of the graph is drawn. Pure, and the same for the same graph.
import type { Edge, Graph, GraphNode, Group } from './graph.js';

export const WIDTH = 1160;
const ROW = 21;
const HEAD = 30;
const PAD = 7;
const GAP = 14;
const TOP = 12;
export const LEFT = { x: 8, width: 270 } as const;
export const RIGHT = { x: 712, width: 440 } as const;
/** Where the wall stands. */
export const WALL = (LEFT.x + LEFT.width + RIGHT.x) / 2;

export interface Box {
  place: string;
  x: number;
  y: number;
  width: number;
  height: number;
  rows: { node: GraphNode; y: number }[];
}

export interface Line {
  edge: Edge;
  /** From the program, and to what it reaches. */
  y1: number;
  y2: number;
}

export interface Drawing {
  height: number;
  left: Box[];
  right: Box[];
  lines: Line[];
}

export function layOut(graph: Graph): Drawing {
  const left = boxes(graph.left, LEFT);
  const right = boxes(graph.right, RIGHT);
  const ends = [heightOf(left), heightOf(right)];
  const height = Math.max(...ends, 120);
  spread(left, height - ends[0]!);
  spread(right, height - ends[1]!);
  const at = new Map([...left, ...right].flatMap(({ rows }) => rows.map(({ node, y }) => [node.id, y] as const)));
  return { height, left, right, lines: fanned(graph.edges, at) };
}

function boxes(groups: readonly Group[], { x, width }: { x: number; width: number }): Box[] {
  let y = TOP;
  return groups.map(({ place, nodes }) => {
    const height = HEAD + nodes.length * ROW + (nodes.length > 0 ? PAD : 0);
    const top = y;
    y += height + GAP;
    const rows = nodes.map((node, at) => ({ node, y: top + HEAD + at * ROW + ROW / 2 }));
    return { place, x, y: top, width, height, rows };
  });
}

const heightOf = (all: readonly Box[]): number => {
  const last = all.at(-1);
  return last === undefined ? TOP : last.y + last.height + TOP;
};

/** The shorter side's boxes stand apart, so that lines need not run far up and down. */
function spread(all: readonly Box[], room: number): void {
  for (const [at, box] of all.entries()) {
    const by = Math.round((room * (at + 0.5)) / all.length);
    box.y += by;
    for (const row of box.rows) row.y += by;
  }
}

const SPREAD = 4;

/** Edges that share their ends lie beside each other. */
function fanned(edges: readonly Edge[], at: ReadonlyMap<string, number>): Line[] {
  const seen = new Map<string, number>();
  return edges.map((edge) => {
    const key = `${edge.from}\0${edge.to}`;
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    const off = (count % 2 === 0 ? 1 : -1) * Math.ceil(count / 2) * SPREAD;
    return { edge, y1: (at.get(edge.from) ?? 0) + off, y2: (at.get(edge.to) ?? 0) + off };
  });
}
