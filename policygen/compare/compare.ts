// Two system files side by side: not their lines but what they admit.
import { type CompileOptions, compileSystem } from '../compile.js';
import { fieldsOf } from '../file/fields.js';
import type { Rule, SystemFile } from '../file/model.js';
import { same, type Value } from '../file/scalar.js';
import { admittedBeyond, type Beyond } from './beyond.js';

export interface Comparison {
  /** What the second admits and the first does not. */
  more: Beyond[];
  /** What the first admits and the second does not. */
  less: Beyond[];
  /** Keys beside the rules that differ, as `vms.app.mounts`. */
  system: string[];
  /** Rules that admit the same in both and are otherwise told differently (state, evidence, note…). */
  remarks: string[];
}

export function compareSystems(a: SystemFile, b: SystemFile, options: CompileOptions = {}): Comparison {
  const [before, after] = [compileSystem(a, options), compileSystem(b, options)];
  const more = admittedBeyond(after, before);
  const less = admittedBeyond(before, after);
  const told = new Set([...more, ...less].map(({ rule }) => rule));
  return {
    more,
    less,
    system: keysThatDiffer(a, b),
    remarks: remarksOf(a.rules, b.rules).filter((id) => !told.has(id)),
  };
}

function remarksOf(before: readonly Rule[], after: readonly Rule[]): string[] {
  const known = new Map(before.map((rule) => [rule.id, rule]));
  const changed = after.filter((rule) => {
    const old = known.get(rule.id);
    return old !== undefined && !same(fieldsOf(old), fieldsOf(rule));
  });
  return changed.map(({ id }) => id);
}

function keysThatDiffer({ system: a }: SystemFile, { system: b }: SystemFile): string[] {
  const differ = (one: unknown, other: unknown) => !same(plain(one), plain(other));
  const names = [...new Set([...a.vms, ...b.vms].map(({ name }) => name))];
  return [
    ...(['main', 'check'] as const).filter((key) => differ(a[key], b[key])),
    ...names.flatMap((name) => {
      const [one, other] = [a, b].map(({ vms }) => vms.find((vm) => vm.name === name));
      if (one === undefined || other === undefined) return [`vms.${name}`];
      return (Object.keys(one) as (keyof typeof one)[])
        .filter((key) => !isPlace(key) && differ(one[key], other[key]))
        .map((key) => `vms.${name}.${key}`);
    }),
  ];
}

// Folders are taken from where the file lies: two copies of one file in two folders differ in nothing that counts.
const isPlace = (key: string): boolean => key === 'folder' || key === 'file';

const plain = (value: unknown): Value => JSON.parse(JSON.stringify(value ?? '')) as Value;
