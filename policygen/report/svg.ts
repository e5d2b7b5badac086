// The graph as SVG: programs in their VMs, the wall, and what lies behind it. What is let through crosses the wall, what is
// blocked ends at it.

import { count } from '../../native/contract/count.js';
import { escapeMarkup as esc } from './escape.js';
import { fitted } from './fit.js';
import type { Edge, Graph } from './graph.js';
import { type Box, type Drawing, LEFT, type Line, layOut, RIGHT, WALL, WIDTH } from './layout.js';
import { VERDICT_WORDS } from './words.js';

const CHAR = 7.25;
const SIDE = 12;
// Where so many lines run, each is fainter.
const MANY = 90;

/** The graph alone, without an XML head, to stand in a page. */
export function graphSvg(graph: Graph): string {
  const drawing = layOut(graph);
  const numbers = new Map(
    [...drawing.left, ...drawing.right].flatMap(({ rows }) => rows).map(({ node }, at) => [node.id, `n${at}`]),
  );
  const labels = new Map(
    [...graph.left, ...graph.right].flatMap(({ place, nodes }) =>
      nodes.map(({ id, label }) => [id, `${label} (${placeWords(place)})`] as const),
    ),
  );
  const { height } = drawing;
  const words = `${countOf(graph.left)} programs reach ${countOf(graph.right)} things outside their VMs`;
  return [
    `<svg class="graph${graph.edges.length > MANY ? ' many' : ''}" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height + 22}" role="group" aria-label="${esc(words)}">`,
    ARROWS,
    `<line class="wall" x1="${WALL}" y1="0" x2="${WALL}" y2="${height}"/>`,
    `<text class="wallname" x="${WALL}" y="${height + 14}">the wall</text>`,
    `<g class="edges">${sorted(drawing)
      .map((line) => edgeSvg(line, numbers, labels))
      .join('\n')}</g>`,
    ...drawing.left.map((box) => boxSvg(box, numbers, 'left')),
    ...drawing.right.map((box) => boxSvg(box, numbers, 'right')),
    '</svg>',
  ].join('\n');
}

const countOf = (groups: Graph['left']): number => groups.reduce((sum, { nodes }) => sum + nodes.length, 0);

export const placeWords = (place: string): string => ({ host: 'the host', net: 'the network' })[place] ?? place;

const ARROWS = `<defs>${['ipc', 'invocation', 'transfer', 'dependency']
  .map(
    (name) =>
      `<marker id="to-${name}" class="c-${name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z"/></marker>`,
  )
  .join('')}</defs>`;

const classWord = ({ class: kind }: Edge): string => (kind === 'name transfer' ? 'transfer' : kind);

// What is blocked is drawn last: it must not be hidden.
const ORDER = ['redirected', 'shuttled', 'blocked'];
const sorted = ({ lines }: Drawing): Line[] =>
  lines.toSorted((a, b) => ORDER.indexOf(a.edge.verdict) - ORDER.indexOf(b.edge.verdict));

function edgeSvg(
  { edge, y1, y2 }: Line,
  numbers: ReadonlyMap<string, string>,
  labels: ReadonlyMap<string, string>,
): string {
  const [x1, x2] = [LEFT.x + LEFT.width, RIGHT.x];
  const kind = classWord(edge);
  const width = Math.min(4.5, 1.3 + Math.log10(Math.max(1, edge.times)) * 0.9).toFixed(1);
  const middle = (y1 + y2) / 2;
  const times = count(edge.times, 'time');
  const said = `${labels.get(edge.from)} ${edge.ops.join(', ')} ${labels.get(edge.to)}: ${VERDICT_WORDS[edge.verdict]}, ${times}`;
  const ends = `data-from="${numbers.get(edge.from)}" data-to="${numbers.get(edge.to)}"`;
  const open = `<g class="edge v-${edge.verdict} c-${kind}" ${ends}><title>${esc(said)}</title>`;
  if (edge.verdict !== 'blocked') {
    const path = `M${x1} ${y1}C${WALL} ${y1} ${WALL} ${y2} ${x2 - 1} ${y2}`;
    return `${open}<path d="${path}" stroke-width="${width}" marker-end="url(#to-${kind})"/></g>`;
  }
  const half = `M${x1} ${y1}C${(x1 + WALL) / 2} ${y1} ${(x1 + 3 * WALL) / 4} ${(y1 + middle) / 2} ${WALL - 7} ${middle}`;
  const rest = `M${WALL + 7} ${middle}C${(3 * WALL + x2) / 4} ${(y2 + middle) / 2} ${(x2 + WALL) / 2} ${y2} ${x2 - 1} ${y2}`;
  const cross = `M${WALL - 4} ${middle - 4}l8 8m0 -8l-8 8`;
  return `${open}<path d="${half}" stroke-width="${width}"/><path class="rest" d="${rest}"/><path class="cross" d="${cross}"/></g>`;
}

function boxSvg(
  { place, x, y, width, height, rows }: Box,
  numbers: ReadonlyMap<string, string>,
  side: 'left' | 'right',
): string {
  const columns = Math.floor((width - 2 * SIDE) / CHAR);
  const outside = place === 'host' || place === 'net' ? ' outside' : '';
  const lines = rows.map(({ node, y: middle }) => {
    const text = `<text x="${x + SIDE}" y="${middle + 4}">${esc(fitted(node.label, columns))}</text>`;
    const back = `<rect x="${x + 4}" y="${middle - 10}" width="${width - 8}" height="20" rx="5"/>`;
    const name = `${node.label}, ${side === 'left' ? 'a program of' : 'of'} ${placeWords(place)}`;
    return `<g class="node" id="${numbers.get(node.id)}" tabindex="0" role="button" aria-label="${esc(name)}"><title>${esc(node.label)}</title>${back}${text}</g>`;
  });
  return [
    `<g class="box ${side}${outside}">`,
    `<rect class="frame" x="${x}" y="${y}" width="${width}" height="${height}" rx="9"/>`,
    `<text class="place" x="${x + SIDE}" y="${y + 20}">${esc(fitted(placeWords(place), columns))}</text>`,
    ...lines,
    '</g>',
  ].join('\n');
}
