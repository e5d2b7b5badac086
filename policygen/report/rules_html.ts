// The rules with their evidence, as they stand in the page; without a script each opens too.
import type { ReportRow } from '../../analyzer/report/read.js';
import { escapeMarkup as esc } from './escape.js';
import type { Report, RuleReport } from './model.js';
import { grouped, VERDICT_WORDS } from './words.js';

/** More rules than these nobody reads on a page. */
export const MOST_RULES = 1000;

export function rulesHtml(report: Report): string {
  if (report.rules.length === 0) return '<p class="lead">There are no rules: nothing crosses the wall.</p>';
  const shown = report.rules.slice(0, MOST_RULES);
  const more = report.rules.length - shown.length;
  const left =
    more > 0
      ? `<p class="lead">The ${grouped(shown.length)} most risky of ${grouped(report.rules.length)}; <code>shuttle review --list</code> has the others.</p>`
      : '';
  const rows = new Map<string, ReportRow[]>();
  for (const row of report.evidence) rows.set(row.rule, [...(rows.get(row.rule) ?? []), row]);
  return `${left}<div class="rules">${shown.map((one) => ruleHtml(one, rows.get(one.rule.id) ?? [])).join('\n')}</div>`;
}

function ruleHtml({ rule, doing, seen, need, risk, reasons }: RuleReport, rows: readonly ReportRow[]): string {
  const note = rule.note === undefined ? '' : `<p>${esc(rule.note)}</p>`;
  const decided = rule.decided
    ? ` Decided by ${esc(String(rule.decided.by ?? 'somebody'))}${rule.decided.at ? `, ${esc(String(rule.decided.at))}` : ''}.`
    : '';
  return [
    `<details id="rule-${esc(rule.id)}"><summary><span class="says">${esc(doing)}</span><span class="tags"><span class="tag ${rule.state}">${rule.state}</span><span class="tag risk${risk}">risk ${risk}</span><span class="tag">${esc(rule.needed)}</span></span></summary>`,
    `<div><p><code>${esc(rule.id)}</code>, ${esc(seen)}; ${esc(need)}. ${esc(sentence(reasons))}${decided}</p>${note}`,
    rows.length === 0 ? '<p class="lead">No recorded interaction speaks for it.</p>' : evidenceHtml(rows),
    '</div></details>',
  ].join('\n');
}

const sentence = (reasons: readonly string[]): string => {
  const text = reasons.join(', ');
  return text === '' ? '' : `${text[0]!.toUpperCase()}${text.slice(1)}.`;
};

function evidenceHtml(rows: readonly ReportRow[]): string {
  const body = rows.map(
    ({ run, seq, at, image, pid, op, name, verdict, status }) =>
      `<tr><td class="name">${esc(`${run} ${seq}`)}</td><td>${esc(at ?? '')}</td><td class="program"><span class="cell">${esc(`${image ?? '?'} (${pid})`)}</span></td><td>${esc(op)}</td><td class="name"><span class="cell">${esc(name)}</span></td><td>${esc(VERDICT_WORDS[verdict])}${status === 0 ? '' : esc(`, status ${status}`)}</td></tr>`,
  );
  return `<div class="scroll"><table><thead><tr><th>Run and number</th><th>When</th><th>Program</th><th>Operation</th><th>Name</th><th>What became of it</th></tr></thead><tbody>${body.join('\n')}</tbody></table></div>`;
}
