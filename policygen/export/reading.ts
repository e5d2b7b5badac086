// The one reading of a system file that all targets share: what each VM may do and what it has to offer, operation by
// operation, with the values of bound tokens put in where they are known.
import { resolve } from 'node:path';
import { isBound } from '../../analyzer/pattern/admits.js';
import { joinLiterals } from '../../analyzer/pattern/text.js';
import type { CompiledRule, Pattern } from '../../native/contract/rules.js';
import type { Op } from '../../native/contract/words.js';
import type { VmDescription } from '../../tracer/session/system.js';
import { ownFolder } from '../../tracer/vm/own_folder.js';
import { isAtOrBelow } from '../../tracer/vm/paths.js';
import { SETTINGS, SYSTEM_FOLDERS } from '../../tracer/vm/system_folders.js';
import { byPrecedence } from '../compare/order.js';
import { type CompileOptions, compileSystem, isWindows } from '../compile.js';
import type { Rule, SystemFile } from '../file/model.js';

/** One operation that a rule allows or refuses. */
export interface Grant {
  /** The rule, its `object` with known values put in. */
  readonly rule: CompiledRule;
  readonly op: Op;
}

/** One VM, seen as a program that is to be confined. */
export interface Subject {
  readonly vm: VmDescription;
  readonly windows: boolean;
  /** Where it starts. */
  readonly cwd: string | null;
  /** What it is started by: a Linux program that the file names from where it starts, by its whole path. */
  readonly command: readonly string[];
  /** The folder or file that is the program's own; null where it belongs to the base system, or is found elsewhere only. */
  readonly own: string | null;
  /** What it reaches for, the rule that decides first first. */
  readonly grants: readonly Grant[];
  /** All operations that grants allow, or refuse, on the same name. */
  readonly opsOn: (named: Pick<CompiledRule, 'allow' | 'object'>) => ReadonlySet<string>;
  /** What others reach for in it, which it therefore has to offer. */
  readonly offers: readonly Grant[];
  readonly values: Values;
}

export interface Reading {
  readonly system: string;
  /** The system file's name, for the head of an export. */
  readonly file: string;
  readonly subjects: readonly Subject[];
  /** Rules as the file has them. */
  readonly rules: readonly Rule[];
}

/** What bound tokens stand for, where that is known before a run. */
export type Values = Readonly<Partial<Record<string, string>>>;

export function readSystem(
  file: SystemFile,
  valuesOf: (vm: string) => Values,
  options: CompileOptions & { only?: string | undefined } = {},
): Reading {
  const rules = byPrecedence(compileSystem(file, options));
  const subjects = file.system.vms
    .filter(({ name }) => options.only === undefined || name === options.only)
    .map((vm) => subjectOf(vm, file, rules, valuesOf));
  const counting = file.rules.filter(({ state }) => options.acceptedOnly !== true || state !== 'proposed');
  const path = file.system.file ?? '';
  return { system: file.system.name, file: path.slice(path.lastIndexOf('/') + 1), subjects, rules: counting };
}

function subjectOf(
  vm: VmDescription,
  { system }: SystemFile,
  rules: readonly CompiledRule[],
  valuesOf: (vm: string) => Values,
): Subject {
  const windows = isWindows(vm);
  const cwd = windows ? vm.cwd : resolve(system.folder, vm.cwd ?? '.');
  const command = wholeCommand(vm.program, windows ? null : cwd);
  const values = valuesOf(vm.name);
  const [program = ''] = command;
  const grants = rules.filter(({ from }) => from === vm.name).flatMap((rule) => grantsOf(rule, valuesOf));
  return {
    vm,
    windows,
    cwd,
    command,
    own: !windows && program.startsWith('/') ? ownFolder(program, values.home ?? '/root') : null,
    grants,
    opsOn: opsOn(grants),
    offers: rules.filter(({ to, allow }) => to === vm.name && allow).flatMap((rule) => grantsOf(rule, valuesOf)),
    values,
  };
}

function opsOn(grants: readonly Grant[]): Subject['opsOn'] {
  const ops = new Map<string, Set<string>>();
  const keyOf = ({ allow, object }: Pick<CompiledRule, 'allow' | 'object'>) => JSON.stringify([allow, object]);
  for (const { rule, op } of grants) ops.set(keyOf(rule), (ops.get(keyOf(rule)) ?? new Set()).add(op));
  return (named) => ops.get(keyOf(named)) ?? new Set();
}

/** A name with a slash is meant from where the program starts; one without is looked for. */
function wholeCommand([name = '', ...args]: readonly string[], cwd: string | null): readonly string[] {
  return [cwd !== null && name.includes('/') ? resolve(cwd, name) : name, ...args];
}

/** A rule's operations; the tokens are its caller's. */
function grantsOf(rule: CompiledRule, valuesOf: (vm: string) => Values): Grant[] {
  const values = valuesOf(rule.from);
  const args = rule.args?.map((one) => withValues(one, values)) ?? null;
  const known = { ...rule, object: withValues(rule.object, values), args };
  return rule.ops.map((op) => ({ rule: known, op }));
}

/** The same pattern with literals for the tokens whose values are known. */
export function withValues(pattern: Pattern, values: Values): Pattern {
  return joinLiterals(
    pattern.map((part) => {
      if (typeof part === 'string' || !isBound(part.token)) return part;
      const value = values[part.token];
      return value === undefined || value === '' ? part : value;
    }),
  );
}

/** The name, where the pattern has one only. */
export function literalOf(pattern: Pattern): string | null {
  if (pattern.length === 0) return '';
  const [first] = pattern;
  return pattern.length === 1 && typeof first === 'string' ? first : null;
}

/** Whether a grant is of what the base system shows to every program unasked. */
export function isBase({ op, rule }: Grant): boolean {
  const path = literalOf(rule.object);
  return (
    path !== null &&
    /^(file[.](read|list)|library)/.test(op) &&
    [...SYSTEM_FOLDERS, SETTINGS].some((folder) => isAtOrBelow(path, folder))
  );
}
