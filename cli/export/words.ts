// How truly a target says the rules, as people read it: the worst first, what is exact only counted.
import { count } from '../../native/contract/count.js';
import { printable } from '../../native/contract/printable.js';
import type { Exported } from '../../policygen/export/export.js';
import { FIDELITIES, type Fidelity, type Finding, reasonWords } from '../../policygen/export/finding.js';
import { paint } from '../print.js';

const HEADS: Readonly<Record<Fidelity, string>> = {
  wider: 'wider than the rules: lets through also',
  unsaid: 'not said: the program will be refused this',
  narrower: 'narrower than the rules: lets through only',
  exact: 'exactly',
};
const COLOURS = { wider: 'red', unsaid: 'yellow', narrower: 'yellow', exact: 'green' } as const;
const ORDER: readonly Fidelity[] = ['wider', 'unsaid', 'narrower'];

export function linesOf({ vm, counts, findings }: Exported, target: string): string[] {
  const all = Object.values(counts).reduce((sum, one) => sum + one, 0);
  const shares = FIDELITIES.filter((one) => counts[one] > 0).map((one) => `${counts[one]} ${one}`);
  return [
    `${vm ?? 'the system'} for ${target}: ${count(all, 'rule')}${shares.length > 0 ? `, ${shares.join(', ')}` : ''}`,
    ...ORDER.flatMap((fidelity) => section(findings, fidelity)),
  ];
}

function section(findings: readonly Finding[], fidelity: Fidelity): string[] {
  const of = findings.filter((one) => one.fidelity === fidelity);
  if (of.length === 0) return [];
  return [`  ${paint(COLOURS[fidelity], HEADS[fidelity])}`, ...of.map((one) => `    ${textOf(one)}`)];
}

function textOf({ rule, op, object, reasons }: Finding): string {
  const what = rule === null ? `without a rule, ${object}` : `${rule}  ${op} ${object}`;
  return printable(`${what}: ${reasons.map(reasonWords).join('; ')}`);
}
