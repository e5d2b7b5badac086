// What a person is told after learning: on standard error, since standard output is the program's own.
import { count } from '../../native/contract/count.js';
import { printable } from '../../native/contract/printable.js';
import type { Rule } from '../../policygen/file/model.js';
import type { Ordered } from '../../policygen/file/update_order.js';
import { note, paint, table } from '../print.js';
import { shellWord } from '../shell_word.js';
import { type Changed, changedInLayers, changedInRun } from './changed.js';

export interface Summary {
  run: string;
  runs: readonly string[];
  system_file: string;
  interactions: number;
  rules: readonly Rule[];
  /** In which order VMs were found to start, as far as the file did not say it. */
  ordered: readonly Ordered[];
}

const MOST = 20;

/** `ephemeral`: what the VMs changed is gone with them. */
export async function tellLearnt(summary: Summary, { ephemeral }: { ephemeral: boolean }): Promise<void> {
  const { rules, runs, interactions } = summary;
  note(
    `${paint('bold', 'learnt')} from ${count(runs.length, 'run')}: ${count(interactions, 'interaction')}, ${count(rules.length, 'rule')}`,
  );
  for (const text of ruleTable(rules)) note(`  ${text}`);
  for (const one of summary.ordered) note(orderedWords(one));
  const file = summary.system_file;
  tellChanged(ephemeral ? await changedInRun(summary.run) : changedInLayers(file), ephemeral ? null : file);
  note(`written to ${summary.system_file}; try: shuttle run ${shellWord(summary.system_file)}`);
}

/** `app starts after db`. */
export function orderedWords({ vm, after, ready }: Ordered): string {
  const words = [
    ...(after === undefined ? [] : [`starts after ${after.join(', ')}`]),
    ...(ready === undefined ? [] : [`is ready at ${ready}`]),
  ];
  return `found and written: ${vm} ${words.join(' and ')}`;
}

/** Rules as a person reads them. */
export function ruleTable(rules: readonly Rule[]): string[] {
  if (rules.length === 0) return ['no rules: nothing crossed the wall'];
  const rows = rules
    .slice(0, MOST)
    .map((rule) => [[rule.allow].flat().join(' '), rule.from, rule.to, rule.needed, rule.object]);
  const more = rules.length > MOST ? [`and ${rules.length - MOST} more`] : [];
  return [...table(['allow', 'from', 'to', 'needed', 'object'], rows), ...more];
}

function tellChanged(changed: readonly Changed[], file: string | null): void {
  if (changed.length === 0) return;
  const gone = file === null ? ', gone with it' : '';
  note(`changed in the VM only${gone}: ${count(changed.length, 'file')}`);
  for (const { vm, object } of changed.slice(0, MOST)) note(`  ${vm}  ${printable(object)}`);
  if (changed.length > MOST) note(`  and ${changed.length - MOST} more`);
  if (file === null) return;
  const vm = changed[0]?.vm ?? '';
  note(`  to bring them out: shuttle vm commit --layer learn ${shellWord(file)} ${vm} [path…]`);
}
