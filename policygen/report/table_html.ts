// Every interaction that met the wall, summed up by who, how, whom, what and what became of it.
import type { Crossing } from '../../analyzer/report/read.js';
import { escapeMarkup as esc } from './escape.js';
import { placeWords } from './svg.js';
import { grouped, VERDICT_WORDS } from './words.js';

/** A page with more rows is one nobody searches by hand; `shuttle query` has them all. */
export const MOST_ROWS = 2000;

const HEADS: readonly [head: string, number?: true][] = [
  ['VM'],
  ['Program'],
  ['Operation'],
  ['To'],
  ['Name'],
  ['What became of it'],
  ['Rule'],
  ['Times', true],
  ['Runs', true],
];

export function tableHtml(crossings: readonly Crossing[]): string {
  const shown = chosen(crossings);
  const heads = HEADS.map(
    ([head, number]) => `<th scope="col"${number ? ' class="number"' : ''}><button type="button">${head}</button></th>`,
  );
  const more = crossings.length - shown.length;
  return [
    '<div class="search need-script"><input id="search" type="search" placeholder="Search: every word has to be there" aria-label="Search interactions" autocomplete="off" spellcheck="false"><output id="shown" for="search"></output></div>',
    more > 0
      ? `<p class="lead">The ${grouped(shown.length)} most frequent of ${grouped(crossings.length)}, and all that were blocked as far as they fit; <code>shuttle query</code> has the others.</p>`
      : '',
    `<div class="scroll"><table id="interactions"><thead><tr>${heads.join('')}</tr></thead><tbody>`,
    ...shown.map(rowHtml),
    '</tbody></table></div>',
  ].join('\n');
}

/** What was blocked first of all, then what happened most; in the order they were given. */
function chosen(crossings: readonly Crossing[]): Crossing[] {
  if (crossings.length <= MOST_ROWS) return [...crossings];
  const rank = ({ verdict }: Crossing) => (verdict === 'blocked' ? 0 : 1);
  const kept = new Set(
    crossings.toSorted((a, b) => rank(a) - rank(b) || Number(b.times) - Number(a.times)).slice(0, MOST_ROWS),
  );
  return crossings.filter((one) => kept.has(one));
}

function rowHtml({ vm, image, op, place, peer_image: peer, name, verdict, rule, times, runs }: Crossing): string {
  const to = peer === null ? placeWords(place) : `${placeWords(place)}: ${peer}`;
  const by = rule === null ? '' : `<a href="#rule-${esc(rule)}">${esc(rule)}</a>`;
  return `<tr><td>${esc(vm)}</td><td class="program"><span class="cell">${esc(image ?? '')}</span></td><td>${op}</td><td class="program"><span class="cell">${esc(to)}</span></td><td class="name"><span class="cell">${esc(name)}</span></td><td><span class="tag ${verdict}">${VERDICT_WORDS[verdict]}</span></td><td>${by}</td><td class="number">${grouped(Number(times))}</td><td class="number">${grouped(Number(runs))}</td></tr>`;
}
