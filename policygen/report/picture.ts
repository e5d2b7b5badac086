// The graph alone, as an SVG file that carries its colours.
import { readFileSync } from 'node:fs';
import type { Graph } from './graph.js';
import { graphSvg } from './svg.js';

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

/** The colours of the page: what stands between `:root {` and its end, for light and for dark. */
export function pictureOf(graph: Graph): string {
  const page = read('page.css');
  const [light = '', dark = ''] = [...page.matchAll(/\n *:root[^{]*\{([^}]*)\}/g)].map(([, body = '']) => body);
  const colours = `.graph{${light}} @media (prefers-color-scheme: dark){.graph{${dark}}}`;
  const style = `<style>${colours} .graph{background:var(--page)}\n${read('picture.css')}</style>`;
  const svg = graphSvg(graph);
  const end = svg.indexOf('>') + 1;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${svg.slice(0, end)}\n${style}${svg.slice(end)}\n`;
}
