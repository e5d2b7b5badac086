// A system's rules in another enforcer's format, with how truly that says them.
import { ShuttleError } from '../../native/contract/problem.js';
import type { SystemFile } from '../file/model.js';
import { FIDELITIES, type Fidelity, type Finding } from './finding.js';
import { type Reading, readSystem, type Subject, type Values } from './reading.js';
import type { Target, Written } from './target.js';

export interface ExportRequest {
  /** One VM alone; without it, all that the target can confine. */
  vm?: string | undefined;
  acceptedOnly?: boolean;
  /** What bound tokens stand for in a VM. */
  valuesOf(vm: string): Values;
}

export interface Exported extends Written {
  /** Null for an export of the whole system. */
  vm: string | null;
  /** A name for the file. */
  file: string;
  counts: Readonly<Record<Fidelity, number>>;
}

export interface Export {
  exports: readonly Exported[];
  /** VMs that the target cannot confine. */
  left: readonly string[];
}

/** Throws VM_UNKNOWN, and EXPORT_OTHER_SYSTEM where there is nothing that the target could confine. */
export function exportSystem(file: SystemFile, target: Target, request: ExportRequest): Export {
  const { vm: only, acceptedOnly = false, valuesOf } = request;
  const known = file.system.vms.map(({ name }) => name);
  if (only !== undefined && !known.includes(only))
    throw new ShuttleError({ code: 'VM_UNKNOWN', vm: only, said: '--vm', known });
  const reading = readSystem(file, valuesOf, { acceptedOnly, only });
  const fits = reading.subjects.filter((subject) => isFor(target, subject));
  const left = reading.subjects.filter((subject) => !fits.includes(subject)).map(({ vm }) => vm.name);
  if (fits.length === 0)
    throw new ShuttleError({ code: 'EXPORT_OTHER_SYSTEM', target: target.name, systems: target.systems, vms: left });
  return { exports: written(target, { ...reading, subjects: fits }), left };
}

const isFor = ({ systems }: Target, { windows }: Subject): boolean =>
  systems === 'any' || (systems === 'windows') === windows;

function written(target: Target, reading: Reading): Exported[] {
  if (target.of === 'system') {
    const { text, findings } = target.write(reading);
    return [{ vm: null, file: target.file(reading), text, findings, counts: count(findings) }];
  }
  return reading.subjects.map((subject) => {
    const { text, findings } = target.write(subject, reading);
    return { vm: subject.vm.name, file: target.file(subject, reading), text, findings, counts: count(findings) };
  });
}

/** Rules by how truly they are said; one of several operations counts as its worst, and what needs no rule does not count. */
export function count(findings: readonly Finding[]): Record<Fidelity, number> {
  const worst: readonly Fidelity[] = ['wider', 'unsaid', 'narrower', 'exact'];
  const rules = new Map<string, Fidelity>();
  for (const { rule, fidelity } of findings) {
    if (rule === null) continue;
    const before = rules.get(rule) ?? 'exact';
    rules.set(rule, worst.indexOf(fidelity) < worst.indexOf(before) ? fidelity : before);
  }
  const all = [...rules.values()];
  return Object.fromEntries(FIDELITIES.map((one) => [one, all.filter((other) => other === one).length])) as Record<
    Fidelity,
    number
  >;
}

/** Everything by which exports let through more than the rules do. */
export const widenings = (exports: readonly Exported[]): Finding[] =>
  exports.flatMap(({ findings }) => findings.filter(({ fidelity }) => fidelity === 'wider'));
