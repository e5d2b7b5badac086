// The report for a pull request: short, and readable where nothing is drawn.
import { estimateWords } from './charts.js';
import { escapeMarkdown as md } from './escape.js';
import type { Report } from './model.js';
import { placeWords } from './svg.js';
import { grouped } from './words.js';

const MOST = 50;

export function markdownOf(report: Report): string {
  const { runs, rules, coverage, crossings, system } = report;
  const blocked = crossings.filter(({ verdict }) => verdict === 'blocked');
  const all = coverage?.classes.all;
  return [
    `## ${md(system)}: who talks to whom`,
    '',
    runs.length === 0
      ? `${counted(rules.length, 'rule')}; no recorded runs.`
      : `${counted(runs.length, 'run')}, ${counted(rules.length, 'rule')}${all ? `, ${counted(all.seen, 'interaction')} known (${estimateWords(all)})` : ''}.${coverage ? ` ${coverage.advice}` : ''}`,
    '',
    ...table(
      ['risk', 'state', 'from', 'operation', 'to', 'name', 'needed', 'seen'],
      rules
        .slice(0, MOST)
        .map(({ rule, risk, seen }) => [
          String(risk),
          rule.state,
          md(rule.from),
          [rule.allow].flat().join(', '),
          md(rule.to),
          md(rule.object),
          rule.needed,
          seen,
        ]),
    ),
    ...more(rules.length, 'rules'),
    ...(blocked.length === 0
      ? []
      : [
          '',
          `### Blocked`,
          '',
          ...table(
            ['from', 'operation', 'to', 'name', 'times'],
            blocked
              .slice(0, MOST)
              .map(({ vm, op, place, name, times }) => [
                md(vm),
                op,
                md(placeWords(place)),
                md(name),
                grouped(Number(times)),
              ]),
          ),
          ...more(blocked.length, 'blocked interactions'),
        ]),
    '',
  ].join('\n');
}

/** `26,776 rules`. */
const counted = (number: number, word: string): string => `${grouped(number)} ${word}${number === 1 ? '' : 's'}`;

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  rows.length === 0
    ? ['Nothing crosses the wall.']
    : [
        `| ${heads.join(' | ')} |`,
        `|${heads.map(() => '---|').join('')}`,
        ...rows.map((row) => `| ${row.join(' | ')} |`),
      ];

const more = (all: number, what: string): string[] => (all > MOST ? ['', `… and ${all - MOST} more ${what}.`] : []);
