// Which rule decides an interaction, or which come nearest and what keeps them away.

import { ruleId } from '../../analyzer/rule_id.js';
import type { CompiledRule } from '../../native/contract/rules.js';
import { byPrecedence } from '../compare/order.js';
import { type CompileOptions, compileSystem } from '../compile.js';
import type { Rule, SystemFile } from '../file/model.js';
import { printRules } from '../file/print.js';
import { type Difference, differencesOf, farness, type Known } from './differences.js';
import type { Asked } from './question.js';
import { sentenceOf } from './sentence.js';

export interface Near {
  rule: string;
  state: Rule['state'];
  sentence: string;
  differences: Difference[];
}

export interface Why {
  asked: Asked;
  allowed: boolean;
  /** It stays inside its VM, where no rule is asked. */
  inside: boolean;
  /** The deciding rule; null where none is about it. */
  rule: Rule | null;
  sentence: string | null;
  /** Where none decides: those that nearly do. */
  nearest: Near[];
  /** What to do to have it otherwise, one thing each. */
  change: string[];
}

const MOST_NEAR = 3;
// Farther than another operation at another place is another matter.
const FARTHEST = 6;

/** Answers for one interaction. `file` names the system file in what to do. */
export function whyOf(file: SystemFile, asked: Asked, known: Known, options: CompileOptions = {}): Why {
  if (asked.to === asked.from) return stayed(asked);
  const rules = byPrecedence(compileSystem(file, options));
  const decides = rules.find((rule) => differencesOf(rule, asked, known).length === 0);
  return answer(file, asked, decides?.id ?? null, rules, known, options);
}

/** For an interaction of a VM with itself. */
export const stayed = (asked: Asked): Why => ({
  asked,
  allowed: true,
  inside: true,
  rule: null,
  sentence: null,
  nearest: [],
  change: [],
});

/** The same where it is known already which rule decides. */
export function answer(
  file: SystemFile,
  asked: Asked,
  decided: string | null,
  rules: readonly CompiledRule[],
  known: Known,
  options: CompileOptions = {},
): Why {
  const rule = file.rules.find(({ id }) => id === decided) ?? null;
  const allowed = rule !== null && rule.state !== 'refused';
  return {
    asked,
    allowed,
    inside: false,
    rule,
    sentence: rule === null ? null : sentenceOf(rule, file),
    nearest: rule === null ? nearestOf(file, asked, rules, known) : [],
    change: changesFor(file, asked, rule, options),
  };
}

function nearestOf(file: SystemFile, asked: Asked, rules: readonly CompiledRule[], known: Known): Near[] {
  const byId = new Map(file.rules.map((rule) => [rule.id, rule]));
  const scored = rules.map((rule) => {
    const differences = differencesOf(rule, asked, known);
    return { rule, differences, far: farness(rule, asked, differences, known) };
  });
  const near = scored.filter(({ far }) => far <= FARTHEST).sort((a, b) => a.far - b.far);
  // A rule of several compiled ones counts once, as its nearest.
  const nearest = new Map<string, (typeof near)[number]>();
  for (const one of near) if (!nearest.has(one.rule.id)) nearest.set(one.rule.id, one);
  return [...nearest.values()].slice(0, MOST_NEAR).map(({ rule: { id }, differences }) => {
    const { state } = byId.get(id)!;
    return { rule: id, state, sentence: sentenceOf(byId.get(id)!, file), differences };
  });
}

function changesFor(file: SystemFile, asked: Asked, rule: Rule | null, options: CompileOptions): string[] {
  const name = file.system.file;
  if (rule === null) {
    const idle = options.acceptedOnly === true ? file.rules.filter(({ state }) => state === 'proposed').length : 0;
    return [
      `to allow it, add under rules:\n${printRules([ruleFor(asked)], 2, '\n').trimEnd()}`,
      ...(idle === 0 ? [] : [`${idle} proposed rules do not count under --accepted-only: shuttle review ${name}`]),
    ];
  }
  const verb = rule.state === 'refused' ? '--accept' : '--refuse';
  const says = rule.state === 'refused' ? 'to allow it' : 'to block it';
  return [`${says}: shuttle review ${name} ${verb} 'id=${rule.id}'`];
}

// For the whole VM: a single program of it is not always told from the others.
function ruleFor({ op, from, to, object, access }: Asked): Rule {
  const made = { allow: op, from, to: to ?? 'host', object: object.replace(/[{}]/g, '$&$&') };
  const rule: Rule = { id: ruleId(made), ...made, state: 'proposed', needed: 'unknown' };
  return access.length === 0 ? rule : { ...rule, access };
}
