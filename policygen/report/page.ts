// The report as one page that needs nothing else: no network, no other file. What may run and style it is named by its hash,
// so that nothing that came in with a name could.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { curveSvg, estimateWords, timelineSvg } from './charts.js';
import { escapeMarkup as esc, escapeJson } from './escape.js';
import type { Report } from './model.js';
import { MOST_RULES, rulesHtml } from './rules_html.js';
import { graphSvg } from './svg.js';
import { tableHtml } from './table_html.js';
import { CLASS_WORDS, duration, grouped } from './words.js';

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The whole page; the same for the same report, byte for byte. */
export function pageOf(report: Report): string {
  const style = `\n${read('page.css')}${read('picture.css')}`;
  const script = `\n${read('page.client.mjs')}`;
  const policy = `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; base-uri 'none'; form-action 'none'`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${esc(report.system)}: who talks to whom</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    bar(report),
    '<main>',
    head(report),
    ...sections(report),
    footer(),
    '</main>',
    `<script type="application/json" id="report">${escapeJson(dataOf(report))}</script>`,
    `<script>${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

const SECTIONS: readonly [id: string, title: string, short: string][] = [
  ['graph', 'Who talks to whom', 'Graph'],
  ['time', 'Over time', 'Time'],
  ['known', 'How much is known', 'Coverage'],
  ['rules', 'Rules and what they stand on', 'Rules'],
  ['all', 'Every interaction that met the wall', 'Interactions'],
];

const bar = ({ system }: Report): string =>
  `<header><div class="bar"><strong>${esc(system)}</strong><nav aria-label="Sections">${SECTIONS.map(([id, , short]) => `<a href="#${id}">${short}</a>`).join('')}</nav><button type="button" id="theme" class="need-script" aria-label="Light or dark">Light or dark</button></div></header>`;

function head(report: Report): string {
  const { runs, vms, crossings, rules, coverage } = report;
  const sum = (verdict: string) =>
    crossings.filter((one) => one.verdict === verdict).reduce((all, { times }) => all + Number(times), 0);
  const complete = runs.filter((one) => one.complete && Number(one.lost) === 0).length;
  const blocked = sum('blocked');
  const facts: [string, string, boolean?][] = [
    ['VMs', grouped(vms.length)],
    ['Runs', runs.length === 0 ? 'none' : grouped(runs.length)],
    ['Complete runs', runs.length === 0 ? '–' : grouped(complete), complete < runs.length],
    ['Rules', grouped(rules.length)],
    ['Carried across', grouped(sum('shuttled'))],
    ['Blocked', grouped(blocked), blocked > 0],
  ];
  const lead = runs.length === 0 ? 'No recorded runs: this is what the rules say.' : (coverage?.advice ?? '');
  return [
    `<h1>${esc(report.system)}</h1>`,
    `<p class="lead">${esc(lead)}</p>`,
    `<dl class="facts">${facts.map(([term, value, bad]) => `<div${bad ? ' class="bad"' : ''}><dt>${term}</dt><dd>${value}</dd></div>`).join('')}</dl>`,
  ].join('\n');
}

function sections(report: Report): string[] {
  const bodies: Record<string, string> = {
    graph: graphSection(report),
    time: timeSection(report),
    known: knownSection(report),
    rules: rulesHtml(report),
    all: tableHtml(report.crossings),
  };
  return SECTIONS.map(
    ([id, title]) =>
      `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>\n${bodies[id]}</section>`,
  );
}

const line = (classes: string, dash = ''): string =>
  `<svg viewBox="0 0 30 12" class="${classes}" aria-hidden="true"><path d="M0 6H30"${dash}/></svg>`;

function graphSection(report: Report): string {
  const kinds = Object.entries(CLASS_WORDS).map(
    ([kind, words]) => `<li>${line(`c-${kind === 'name transfer' ? 'transfer' : kind}`)}${words}</li>`,
  );
  const verdicts = [
    `<li>${line('c-dependency', ' stroke-dasharray="5 4"')}ran on a private copy</li>`,
    '<li><svg viewBox="0 0 30 12" class="graph" aria-hidden="true"><g class="edge v-blocked"><path d="M0 6H16"/><path class="cross" d="M20 2l8 8m0 -8l-8 8"/></g></svg>blocked at the wall</li>',
  ];
  return `<p class="lead">On the left the programs in their VMs, on the right what they reach and who owns it. A line is as thick as it is used. <span class="keys need-script">Point at a name to see what belongs to it; choose it to find it in the table.</span></p><ul class="legend">${kinds.join('')}${verdicts.join('')}</ul><div class="figure">${graphSvg(report.graph)}</div>`;
}

// The newest run is what one looks for.
function timeSection({ runs, moments, vms }: Report): string {
  if (moments.length === 0) return '<p class="lead">Nothing was recorded.</p>';
  const drawn = runs.toReversed().flatMap(({ run, mode, outcome, complete, duration_ms: took, started }, at) => {
    const own = moments.filter((one) => one.run === run);
    if (own.length === 0) return [];
    const said = `${run}, ${mode === 'enforce' ? 'under rules' : mode === 'deny' ? 'learning, blocked' : 'learning'}, ${outcome}${complete ? '' : ', not complete'}, ${duration(Number(took ?? 0) * 1e6)}`;
    return [
      `<details${at === 0 ? ' open' : ''}><summary><span class="says">${esc(said)}</span><span class="tags"><span class="tag">${esc(started)}</span></span></summary><div class="figure">${timelineSvg(own, vms)}</div></details>`,
    ];
  });
  return `<p class="lead">How much each VM did, the highest bar where it did most; carried across, on a private copy, and what was blocked.</p>${drawn.join('\n')}`;
}

function knownSection({ curve, coverage }: Report): string {
  if (curve.length === 0 || coverage === null) return '<p class="lead">No run that learnt was recorded.</p>';
  const rows = Object.entries(coverage.classes).map(
    ([kind, one]) =>
      `<tr><td>${esc(kind === 'all' ? 'all together' : kind)}</td><td class="number">${grouped(one.seen)}</td><td class="number">${(one.unseen_mass * 100).toFixed(one.unseen_mass < 0.1 ? 1 : 0)} %</td><td>${esc(estimateWords(one))}</td></tr>`,
  );
  const { denials_per_run: denials } = coverage.heldout;
  return [
    '<p class="lead">Bars: what a run brought that no run before it had. Line: what is known by then. Band: how much there is likely to be in all (95 %). What a rule has counts once, whatever names it takes.</p>',
    '<div class="two">',
    `<div class="figure">${curveSvg(curve, coverage.classes.all)}</div>`,
    `<div><div class="scroll"><table><thead><tr><th>Class</th><th class="number">Seen</th><th class="number">Still unseen</th><th>Likely</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`,
    `<p class="lead after">${coverage.runs < 2 || denials === null ? 'With one run nothing can be left out to test the rules against.' : `Rules from all runs but one would have denied ${denials} interactions of the one left out, on average.`}</p></div>`,
    '</div>',
  ].join('\n');
}

const footer = (): string =>
  `<footer>Made by shuttle report. <span class="keys need-script"><kbd>/</kbd> search, <kbd>o</kbd> open all rules, <kbd>t</kbd> light or dark, <kbd>Esc</kbd> let go; in the graph <kbd>↑</kbd> <kbd>↓</kbd> and <kbd>Enter</kbd>.</span></footer>`;

/** The same for programs. */
function dataOf({ system, vms, runs, graph, curve, coverage, rules }: Report): unknown {
  return {
    system,
    vms,
    runs,
    graph,
    curve,
    coverage,
    rules: rules.slice(0, MOST_RULES).map(({ rule, doing, risk }) => ({ ...rule, doing, risk })),
  };
}
