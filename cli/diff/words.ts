// Interactions as people read them, with a sign before each: more, or less.
import { printable } from '../../native/contract/printable.js';
import type { Beyond } from '../../policygen/compare/beyond.js';
import { paint } from '../print.js';

/** `app may tcp.connect db 127.0.0.1:5544`. */
export function interactionWords({ allow, from, to, object, args, access }: Beyond): string {
  const given =
    args === undefined
      ? ''
      : ` with ${args.length === 0 ? 'no arguments' : args.map((one) => JSON.stringify(one)).join(' ')}`;
  const how = access === undefined ? '' : ` to ${access.join(', ')}`;
  return printable(`${from} may ${allow.join(', ')} ${to} ${object}${given}${how}`);
}

/** What is admitted more, then what is admitted less: a line each. */
export function linesOf(more: readonly Beyond[], less: readonly Beyond[]): string[] {
  return [
    ...more.map((one) => `${paint('red', '+ admits more', 1)}  ${interactionWords(one)}  (${one.rule})${because(one)}`),
    ...less.map(
      (one) => `${paint('green', '- admits less', 1)}  ${interactionWords(one)}  (${one.rule})${because(one)}`,
    ),
  ];
}

function because({ refused_by: by, undecided }: Beyond): string {
  if (undecided) return ' (perhaps: not decided, the patterns are too entangled)';
  return by === null ? '' : ` refused by ${by}`;
}
