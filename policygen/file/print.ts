// Writing a system file, or rules for one, in the layout of the design's example.
import { FORMAT } from '../../native/contract/words.js';
import { fieldsOf } from './fields.js';
import type { RawMember, Rule } from './model.js';
import { printFlow, printText, type Value } from './scalar.js';
import { DEFS } from './schema.js';

const MEMBER_KEYS = Object.keys(DEFS.member.properties);

/** Rules as items of a list, each line indented by `indent`, or one rule on a line of its own as `flow`. */
export function printRules(rules: readonly Rule[], indent: number | 'flow', eol: string): string {
  if (indent === 'flow') return rules.map((rule) => printFlow(fieldsOf(rule))).join(', ');
  const space = ' '.repeat(indent);
  return rules
    .map((rule) => {
      const lines = Object.entries(fieldsOf(rule)).map(([key, value]) => `${key}: ${printFlow(value)}`);
      return `${space}- ${lines.join(`${eol}${space}  `)}${eol}`;
    })
    .join('');
}

export interface Draft {
  system: string;
  main: string;
  vms: Readonly<Record<string, RawMember>>;
  check?: string;
  rules: readonly Rule[];
}

/** The text of a system file that nobody wrote before. */
export function printSystem(draft: Draft): string {
  const lines = [
    '# What this system may do. Rules that Shuttle learns are added below; what you write here stays as you wrote it.',
    `shuttle: ${FORMAT}`,
    `system: ${printText(draft.system)}`,
    `main: ${draft.main}`,
    'vms:',
    ...Object.entries(draft.vms).flatMap(([name, vm]) => [`  ${name}:`, ...memberLines(vm)]),
    ...(draft.check === undefined ? [] : [`check: ${printText(draft.check)}`]),
    draft.rules.length === 0 ? 'rules: []' : 'rules:',
  ];
  return `${lines.join('\n')}\n${printRules(draft.rules, 2, '\n')}`;
}

function memberLines(vm: RawMember): string[] {
  const fields = vm as unknown as Record<string, Value | undefined>;
  return MEMBER_KEYS.filter((key) => fields[key] !== undefined).map((key) => `    ${key}: ${printFlow(fields[key]!)}`);
}
