// Counts verdicts in a finished run without a database: a run's end asks whether anything was blocked at all.
import { VERDICTS, type Verdict } from '../../native/contract/words.js';
import { decodeFooter, decodeMessage } from './decode.js';
import { Input } from './input.js';
import type { Block } from './metadata.js';
import { fieldsOf, hasContent } from './schema.js';
import { tableFile } from './stream.js';

const MAGIC = 6; // ARROW1, after the footer's length

/** How many interactions of a run got this verdict. The words' numbers are fixed (schema.ts), so no name is read. */
export function countVerdict(folder: string, verdict: Verdict): number {
  const input = new Input(tableFile(folder, 'interactions'));
  try {
    const wanted = VERDICTS.indexOf(verdict);
    return batches(input).reduce((sum, block) => sum + count(verdicts(input, block), wanted), 0);
  } finally {
    input.close();
  }
}

function batches(input: Input): Block[] {
  const end = input.size - MAGIC - 4;
  const length = new DataView(input.read(end, 4).buffer).getInt32(0, true);
  return decodeFooter(input.read(end - length, length)).batches;
}

/** The buffer of the verdict column: after each column's validity come its values, and its content where it has any. */
const VALUES = (() => {
  const fields = fieldsOf('interactions');
  const before = fields.slice(
    0,
    fields.findIndex((field) => field.name === 'verdict'),
  );
  return before.reduce((sum, field) => sum + (hasContent(field.type) ? 3 : 2), 0) + 1;
})();

function verdicts(input: Input, block: Block): Int32Array {
  const message = decodeMessage(input.read(block.offset + 8, block.metadataLength - 8));
  if (message.type !== 'batch') return new Int32Array();
  const place = message.shape.buffers[VALUES];
  if (!place) return new Int32Array();
  const bytes = input.read(block.offset + block.metadataLength + place.offset, message.shape.rows * 4);
  return new Int32Array(bytes.buffer, 0, message.shape.rows);
}

function count(codes: Int32Array, wanted: number): number {
  let found = 0;
  for (const code of codes) if (code === wanted) found++;
  return found;
}
