// How much harm a rule could let through, 1 to 5, and how unsure it is that the rule has to be as it is. The two
// multiplied are the order in which a reviewer looks at rules. docs/review.md has the table in words.
import { homedir } from 'node:os';
import { reachesAny } from '../../analyzer/pattern/match.js';
import type { Pattern } from '../../native/contract/rules.js';
import type { Op } from '../../native/contract/words.js';
import { protectedNames } from '../../tracer/vm/protected.js';
import { opsOf, type Rule, splitPlace } from '../file/model.js';
import { patternOf } from '../pattern/pattern.js';

export interface Weighed {
  /** 1 to 5. */
  risk: number;
  /** 0 (sure) to 1. */
  uncertainty: number;
  /** Why, most weighty first. */
  reasons: string[];
}

interface Danger {
  ops: RegExp;
  /** `vm` is any of the system's own. */
  to: 'host' | 'net' | 'vm';
  risk: number;
  why: string;
}

/** The first that fits counts. */
export const DANGERS: readonly Danger[] = [
  { ops: /^(program|document|service|com)[.]/, to: 'host', risk: 5, why: 'starts programs outside every wall' },
  { ops: /^process[.]/, to: 'host', risk: 5, why: "reaches into the host's processes" },
  { ops: /^file[.](write|create|delete)$/, to: 'host', risk: 4, why: "changes the host's files" },
  { ops: /^(registry[.]write|device[.]open)$/, to: 'host', risk: 4, why: 'changes the machine' },
  { ops: /^window[.](hook|input|send|broadcast)$/, to: 'host', risk: 5, why: "watches or drives the host's windows" },
  { ops: /^dbus[.](own|call)$/, to: 'host', risk: 4, why: "asks the host's services to act" },
  { ops: /[.](serve|create|own|bind)$/, to: 'host', risk: 3, why: 'lets programs of the host in' },
  {
    ops: /^(file[.](read|list)|library[.]load|registry[.]read|service[.]query)$/,
    to: 'host',
    risk: 2,
    why: 'sees what is on the host',
  },
  { ops: /./, to: 'host', risk: 3, why: 'talks to programs of the host' },
  { ops: /^dns[.]/, to: 'net', risk: 2, why: 'tells the network a name' },
  { ops: /./, to: 'net', risk: 4, why: 'reaches the network' },
  {
    ops: /^(program|document|service|com|process)[.]|^window[.](hook|input)$/,
    to: 'vm',
    risk: 3,
    why: 'acts in another VM',
  },
  { ops: /^(file[.](write|create|delete)|registry[.]write)$/, to: 'vm', risk: 2, why: "changes another VM's files" },
  { ops: /^name[.]pass$/, to: 'vm', risk: 2, why: 'opens names as they come' },
  { ops: /./, to: 'vm', risk: 1, why: 'stays within the system' },
];

const OPEN = new Set(['name', 'rest']);
const SECRETS = /passw|secret|credential|token|private|[._-]key|shadow/i;
const HIGHEST = 5;

export function weigh(rule: Rule): Weighed {
  const { risk, reasons } = riskOf(rule);
  const unsure = uncertaintyOf(rule);
  return { risk, uncertainty: unsure.value, reasons: [...reasons, unsure.why] };
}

function riskOf(rule: Rule): { risk: number; reasons: string[] } {
  const pattern = patternOf(rule.object);
  if (reachesProtected(pattern))
    return { risk: HIGHEST, reasons: ['reaches what is protected: keys, passwords, profiles'] };
  const dangers = opsOf(rule).map((op) => dangerOf(op, splitPlace(rule.to).vm));
  const worst = dangers.toSorted((a, b) => b.risk - a.risk)[0]!;
  const open = pattern.some((part) => typeof part !== 'string' && OPEN.has(part.token));
  const secret = SECRETS.test(rule.object);
  const reasons = [worst.why];
  if (open) reasons.push('admits names that nobody saw');
  if (secret) reasons.push('its name speaks of secrets');
  return { risk: Math.min(HIGHEST, worst.risk + Number(open) + Number(secret)), reasons };
}

function dangerOf(op: Op, place: string): Danger {
  const to = place === 'host' || place === 'net' ? place : 'vm';
  return DANGERS.find((danger) => danger.to === to && danger.ops.test(op))!;
}

/** Whether a pattern has names of the protected set, as this user's home has it. */
export const reachesProtected = (pattern: Pattern): boolean => reachesAny(pattern, homeOnly, protectedPaths());

let paths: readonly string[] | undefined;

function protectedPaths(): readonly string[] {
  paths ??= protectedNames(homedir(), []);
  return paths;
}

const homeOnly = (token: string): string[] => (token === 'home' ? [homedir()] : []);

const FEW_RUNS = 3;

function uncertaintyOf({ needed, evidence, object }: Rule): { value: number; why: string } {
  if (needed === 'proven') return { value: 0.1, why: 'proven to be needed' };
  if (needed === 'optional') return { value: 0.9, why: 'the scenario does well without it' };
  if (needed === 'unknown' || evidence?.runs === undefined)
    return { value: 1, why: 'nobody knows whether it is needed' };
  const of = Math.max(evidence.of ?? evidence.runs, 1);
  const missed = 1 - Math.min(evidence.runs, of) / of;
  const few = of < FEW_RUNS ? 0.2 : 0;
  const open = /(^|[^{])\{(name|rest)\}/.test(object) ? 0.1 : 0;
  const value = Math.min(1, Math.round((0.4 + missed * 0.4 + few + open) * 100) / 100);
  return { value, why: `met in ${evidence.runs} of ${of} runs` };
}
