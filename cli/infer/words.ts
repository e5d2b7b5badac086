// What inference found besides the rules, in plain words.

import type { Inference } from '../../analyzer/infer.js';
import { count } from '../../native/contract/count.js';

/** Lines for people, one thing each; nothing is said of what is not there. */
export function inWords({ rare, order, needs, coverage, alternatives }: Inference): string[] {
  return [
    ...rareWords(rare.map(({ object }) => object)),
    ...orderWords(order),
    ...needsWords(needs),
    ...priceWords(Object.keys(alternatives).length),
    ...heldOutWords(coverage.heldout, coverage.runs),
    coverage.advice,
  ];
}

const MOST = 5;

function rareWords(objects: readonly string[]): string[] {
  if (objects.length === 0) return [];
  const shown = objects.slice(0, MOST).join(', ');
  const more = objects.length > MOST ? `, and ${objects.length - MOST} more` : '';
  return [`rare, kept apart: met in one run only: ${shown}${more}`];
}

function orderWords(order: Inference['order']): string[] {
  return Object.entries(order)
    .filter(([, { after }]) => after.length > 0)
    .map(([vm, { after }]) => {
      const ready = after.flatMap((other) =>
        order[other]?.ready == null ? [] : [`${other} is ready at ${order[other].ready}`],
      );
      return `${vm} starts after ${after.join(', ')}${ready.length > 0 ? `; ${ready.join('; ')}` : ''}`;
    });
}

function needsWords(needs: Inference['needs']): string[] {
  if (needs.length === 0) return [];
  const countOf = (kind: string) => needs.find(({ needed }) => needed === kind)?.names ?? 0;
  const { first = [], names = 0 } = needs.find(({ needed }) => needed === 'missing') ?? {};
  const more =
    names > first.length ? [`missing: ${names - first.length} more; query "from dependencies" shows them`] : [];
  return [
    `must be there before: ${countOf('required')} required, ${countOf('optional')} optional, ${names} missing`,
    ...first.map(
      ({ vm, op, name }) => `missing: ${vm} looked for ${name} (${op}) in vain, and never went well without it`,
    ),
    ...more,
  ];
}

const priceWords = (rules: number): string[] =>
  rules === 0 ? [] : [`${count(rules, 'rule')} could be other than proposed: --json shows how, and the price`];

function heldOutWords({ denials_per_run: mean, low, high }: Inference['coverage']['heldout'], runs: number): string[] {
  if (mean === null) return [];
  return [`of ${count(runs, 'run')}, one left out in turn: ${mean} rows denied a run (95 %: ${low} to ${high})`];
}
