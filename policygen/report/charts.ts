// The timeline of a run and the curve of what is known, as SVG.
import type { Coverage } from '../../analyzer/coverage.js';
import type { CurvePoint, Moment } from '../../analyzer/report/read.js';
import type { Verdict } from '../../native/contract/words.js';
import { escapeMarkup as esc } from './escape.js';
import { fitted } from './fit.js';
import { duration, grouped, VERDICT_WORDS } from './words.js';

const BINS = 120;
const NAMES = 130;
const WIDE = 1160;
const LANE = 34;
const BAR = 26;
const STACK: readonly Verdict[] = ['passed', 'absent', 'redirected', 'shuttled', 'blocked'];

/** One lane for each VM; a bar for each moment, as high as there was much to do. */
export function timelineSvg(moments: readonly Moment[], vms: readonly string[]): string {
  const lanes = vms.filter((vm) => moments.some((one) => one.vm === vm));
  const totals = new Map<string, number>();
  for (const { vm, bin, times } of moments)
    totals.set(`${vm} ${bin}`, (totals.get(`${vm} ${bin}`) ?? 0) + Number(times));
  const most = Math.sqrt(Math.max(1, ...totals.values()));
  const span = Number(moments[0]?.span ?? 0);
  const height = lanes.length * LANE + 24;
  const step = (WIDE - NAMES - 10) / BINS;
  const drawn = lanes.map((vm, at) => {
    const floor = at * LANE + BAR + 4;
    const bars = barsOf(
      moments.filter((one) => one.vm === vm),
      { most, step, floor, span, vm },
    );
    return `<text class="lane" x="0" y="${floor - 6}">${esc(fitted(vm, 17))}</text><line class="floor" x1="${NAMES}" y1="${floor}" x2="${WIDE}" y2="${floor}"/>${bars}`;
  });
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const anchor = share === 0 ? 'start' : share === 1 ? 'end' : 'middle';
    return `<text class="tick" text-anchor="${anchor}" x="${(NAMES + share * (WIDE - NAMES)).toFixed(0)}" y="${height - 4}">${esc(duration(span * share))}</text>`;
  });
  const total = moments.reduce((sum, { times }) => sum + Number(times), 0);
  const label = `${grouped(total)} interactions over ${duration(span)}`;
  return `<svg class="timeline" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDE} ${height}" role="img" aria-label="${esc(label)}">${drawn.join('\n')}${ticks.join('')}</svg>`;
}

interface Lane {
  vm: string;
  most: number;
  step: number;
  floor: number;
  span: number;
}

function barsOf(moments: readonly Moment[], { most, step, floor, span, vm }: Lane): string {
  const bins = new Map<number, Moment[]>();
  for (const one of moments) bins.set(one.bin, [...(bins.get(one.bin) ?? []), one]);
  return [...bins]
    .map(([bin, list]) => {
      const total = list.reduce((sum, { times }) => sum + Number(times), 0);
      const full = Math.max(3, (Math.sqrt(total) / most) * BAR);
      const stack = list.toSorted((a, b) => STACK.indexOf(a.verdict) - STACK.indexOf(b.verdict));
      let y = floor;
      const parts = stack.map(({ verdict, times }) => {
        const height = (Number(times) / total) * full;
        y -= height;
        return `<rect class="v-${verdict}" x="${(NAMES + bin * step).toFixed(1)}" y="${y.toFixed(1)}" width="${(step - 1).toFixed(1)}" height="${height.toFixed(1)}"/>`;
      });
      const said = stack.map(({ verdict, times }) => `${grouped(Number(times))} ${VERDICT_WORDS[verdict]}`).join(', ');
      return `<g><title>${esc(`${vm} at ${duration((span * bin) / BINS)}: ${said}`)}</title>${parts.join('')}</g>`;
    })
    .join('');
}

const CURVE = { width: 640, height: 240, left: 46, right: 120, top: 14, bottom: 34 } as const;

/** What each run brought that was new (bars), what was known by then (line), and how much there may be (band). */
export function curveSvg(curve: readonly CurvePoint[], all: Coverage['classes'][string] | undefined): string {
  const { width, height, left, right, top, bottom } = CURVE;
  const last = curve.at(-1)?.known ?? 0;
  const [low, high] = [all?.low ?? last, all?.high ?? all?.low ?? last];
  // An interval that reaches into the sky says only that too little is known: it is cut.
  const ceiling = Math.max(1, last * 1.08, Math.min(high, last * 2.5) * 1.04);
  const x = (at: number) => left + ((at + 0.5) / Math.max(1, curve.length)) * (width - left - right);
  const y = (value: number) => top + (1 - Math.min(value, ceiling) / ceiling) * (height - top - bottom);
  const barWidth = Math.min(26, ((width - left - right) / Math.max(1, curve.length)) * 0.6);
  const n = (value: number) => value.toFixed(1);
  const grid = ticksOf(ceiling).map(
    (value) =>
      `<line class="grid" x1="${left}" y1="${n(y(value))}" x2="${width - right}" y2="${n(y(value))}"/><text class="tick" text-anchor="end" x="${left - 6}" y="${n(y(value) + 4)}">${grouped(value)}</text>`,
  );
  const bars = curve.map(({ run, seen, fresh, known }, at) => {
    const said = `run ${at + 1}, ${run}: ${grouped(Number(seen))} met, ${grouped(Number(fresh))} of them new, ${grouped(Number(known))} known`;
    const tall = y(0) - y(Number(fresh));
    return `<g><title>${esc(said)}</title><rect class="fresh" x="${n(x(at) - barWidth / 2)}" y="${n(y(Number(fresh)))}" width="${n(barWidth)}" height="${n(tall)}"/></g>`;
  });
  const points = curve.map(({ known }, at) => `${n(x(at))} ${n(y(Number(known)))}`);
  const dots = curve.map(
    ({ known }, at) => `<circle class="known" cx="${n(x(at))}" cy="${n(y(Number(known)))}" r="3.2"/>`,
  );
  const bandX = width - right + 12;
  const band =
    all === undefined
      ? ''
      : `<rect class="band" x="${bandX}" y="${n(y(high))}" width="14" height="${n(Math.max(2, y(low) - y(high)))}" rx="3"/><text class="tick" x="${bandX + 20}" y="${n(Math.max(top + 8, y(high) + 4))}">${esc(estimateWords(all))}</text>`;
  const every = Math.ceil(curve.length / 12);
  const labels = curve.flatMap((_, at) =>
    at % every === 0
      ? [`<text class="tick" text-anchor="middle" x="${n(x(at))}" y="${height - 14}">${at + 1}</text>`]
      : [],
  );
  return [
    `<svg class="curve" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${esc(`${grouped(last)} different interactions known after ${curve.length} runs`)}">`,
    ...grid,
    ...bars,
    points.length > 1 ? `<path class="known" d="M${points.join('L')}"/>` : '',
    ...dots,
    band,
    ...labels,
    `<text class="tick" text-anchor="end" x="${width - right}" y="${height - 1}">runs</text>`,
    '</svg>',
  ].join('\n');
}

export function estimateWords({ low, high }: { low: number; high: number | null }): string {
  if (high === null) return `${Math.round(low)} or more`;
  const [from, to] = [Math.round(low), Math.round(high)];
  return from === to ? `${to} in all` : `${from} to ${to} in all`;
}

/** Round numbers from nothing to a little below the top. */
function ticksOf(top: number): number[] {
  const raw = top / 4;
  const size = 10 ** Math.floor(Math.log10(raw));
  const step = Math.max(1, [1, 2, 5, 10].map((one) => one * size).find((one) => one >= raw) ?? raw);
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, at) => at * step);
}
