// From the rules of a system file to those that the engine, the replayer and the analyzer decide with.
import type { CompiledRule } from '../native/contract/rules.js';
import { ACCESS, type Access, type Op } from '../native/contract/words.js';
import type { VmDescription } from '../tracer/session/system.js';
import { opsOf, type Rule, type SystemFile, splitPlace } from './file/model.js';
import { patternOf } from './pattern/pattern.js';

export interface CompileOptions {
  /** Leave proposed rules out, so that only what a person accepted allows. */
  acceptedOnly?: boolean;
}

/** The rules that decide. A refused one blocks; the order is the file's. */
export function compileSystem(file: SystemFile, options: CompileOptions = {}): CompiledRule[] {
  const counting = file.rules.filter((rule) => options.acceptedOnly !== true || rule.state !== 'proposed');
  const carriers = new Set(counting.map((rule) => rule.carrier));
  const windows = new Set(file.system.vms.filter(isWindows).map((vm) => vm.name));
  return counting.flatMap((rule) => compileRule(rule, windows, carriers.has(rule.id)));
}

/** Whether a VM runs Windows programs: it says so, or its program is one by its path or its name. */
export function isWindows(vm: Pick<VmDescription, 'program' | 'windows'>): boolean {
  const program = vm.program[0] ?? '';
  return vm.windows !== null || /^[A-Za-z]:[\\/]/.test(program) || /[.](exe|com|bat|cmd|msi)$/i.test(program);
}

/** A rule for operations that compare names differently becomes one for each way, under the same id. */
function compileRule(rule: Rule, windows: ReadonlySet<string>, carries: boolean): CompiledRule[] {
  const ops = opsOf(rule).filter((op) => op !== 'name.pass');
  const passes = ops.length === opsOf(rule).length ? [] : compilePass(rule, windows);
  if (ops.length === 0) return passes;
  const folding = ops.filter((op) => foldsNames(op, rule, windows));
  const exact = ops.filter((op) => !folding.includes(op));
  const compiled = [
    { ops: exact, fold: false },
    { ops: folding, fold: true },
  ];
  return [
    ...passes,
    ...compiled.filter((one) => one.ops.length > 0).map((one) => ({ ...body(rule, carries), ...one })),
  ];
}

const PASSED: Readonly<Record<Access, readonly Op[]>> = {
  read: ['file.read', 'file.list', 'library.load'],
  write: ['file.write'],
  execute: ['library.load'],
  create: ['file.create'],
  delete: ['file.delete'],
};

/** No rule's id. */
const NOBODY = ' ';

/**
 * What the receiver of a name may do with it: open the sender's object, or the host's where the sender named one of
 * those, once the carrier has brought its name. Engine and replay hold a rule with a carrier to that.
 */
function compilePass(rule: Rule, windows: ReadonlySet<string>): CompiledRule[] {
  const receiver = splitPlace(rule.to);
  const ops = [...new Set((rule.access ?? ['read']).flatMap((word) => PASSED[word]))];
  const [from, fromImage] = [receiver.vm, receiver.image];
  const owners = rule.state === 'refused' ? [rule.from] : [rule.from, 'host'];
  return owners.map((owner) => {
    const to = splitPlace(owner);
    return {
      ...body(rule, false),
      ops,
      from,
      fromImage,
      to: to.vm,
      toImage: to.image,
      access: 0,
      fold: windows.has(from),
      // Without one nothing can have come, so nothing is allowed.
      carrier: rule.carrier ?? NOBODY,
    };
  });
}

function body(rule: Rule, carries: boolean): Omit<CompiledRule, 'ops' | 'fold'> {
  const from = splitPlace(rule.from);
  const to = splitPlace(rule.to);
  return {
    id: rule.id,
    allow: rule.state !== 'refused',
    from: from.vm,
    fromImage: from.image,
    to: to.vm,
    toImage: to.image,
    object: patternOf(rule.object),
    access: (rule.access ?? []).reduce((bits, word) => bits | ACCESS[word], 0),
    args: rule.args?.map(patternOf) ?? null,
    phase: rule.phase ?? null,
    operation: rule.operation ?? null,
    message: rule.message ?? null,
    title: rule.title ?? null,
    carrier: rule.carrier ?? null,
    // What brings names has to be read, so its bytes pass through the engine.
    relay: rule.carry === 'relay' || carries,
  };
}

/** Whether names of this operation are compared as Windows does. Host names ignore case everywhere. */
export function foldsNames(op: Op, rule: Pick<Rule, 'from'>, windows: ReadonlySet<string>): boolean {
  if (/^(tcp|udp|dns)[.]/.test(op)) return true;
  if (/^(unix|dbus)[.]/.test(op)) return false;
  return windows.has(splitPlace(rule.from).vm);
}
