import { count } from '../../native/contract/count.js';
import { type Comparison, compareSystems } from '../../policygen/compare/compare.js';
import { readSystemFile } from '../../policygen/file/parse.js';
import type { DiffOptions } from '../diff.js';
import { document, line, note } from '../print.js';
import { linesOf } from './words.js';

/** Prints what one system file admits and the other does not; 1 where there is any of it. */
export async function diff(a: string, b: string, options: DiffOptions): Promise<number> {
  const compared = compareSystems(readSystemFile(a), readSystemFile(b), {
    acceptedOnly: options.acceptedOnly === true,
  });
  if (options.json) document(compared);
  else tell(compared);
  return compared.more.length + compared.less.length > 0 ? 1 : 0;
}

function tell({ more, less, system, remarks }: Comparison): void {
  for (const text of linesOf(more, less)) line(text);
  if (more.length + less.length === 0) note('both admit the same');
  if (system.length > 0) note(`beside the rules: ${system.join(', ')}`);
  if (remarks.length > 0)
    note(`${count(remarks.length, 'rule')} told differently, admitting the same: ${remarks.join(', ')}`);
}
