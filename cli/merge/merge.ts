import { printable } from '../../native/contract/printable.js';
import { type MergedFile, mergeFiles, type Version } from '../../policygen/compare/merge_files.js';
import type { Conflict } from '../../policygen/compare/three_way.js';
import { readText } from '../../policygen/file/parse.js';
import { printFlow } from '../../policygen/file/scalar.js';
import { interactionWords } from '../diff/words.js';
import { writeWhole } from '../learn/write.js';
import type { MergeOptions } from '../merge.js';
import { document, line, note } from '../print.js';

/** Merges three versions of a system file; 1 where somebody has to look at it. */
export async function merge(files: readonly [string, string, string], options: MergeOptions): Promise<number> {
  const [base, ours, theirs] = files.map((file): Version => ({ file, text: readText(file) })) as [
    Version,
    Version,
    Version,
  ];
  const merged = mergeFiles(base, ours, theirs);
  const file = options.output ?? ours.file;
  if (options.json) document({ file: options.print ? null : file, ...merged });
  else if (options.print) line(merged.text.replace(/\n$/, ''));
  if (!options.print) writeWhole(file, merged.text);
  tell(merged);
  return merged.conflicts.length + merged.unforeseen.length > 0 ? 1 : 0;
}

function tell({ conflicts, unforeseen }: MergedFile): void {
  for (const conflict of conflicts) note(conflictWords(conflict));
  for (const one of unforeseen)
    note(`neither side admits it, both together do: ${interactionWords(one)} (${one.rule})`);
}

function conflictWords({ rule, key, ours, theirs, taken }: Conflict): string {
  const [mine, others, now] = [ours, theirs, taken].map((value) => (value === null ? 'nothing' : printFlow(value)));
  return printable(
    `conflict: ${rule === null ? '' : `${rule}: `}${key}: ours ${mine}, theirs ${others}; taken: ${now}`,
  );
}
