import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { ShuttleError } from '../../native/contract/problem.js';

/** Writes beside and renames, so that a crash leaves the old file whole. Throws SYSTEM_FILE_UNWRITABLE. */
export function writeWhole(file: string, text: string): void {
  const beside = `${file}.${process.pid}.part`;
  try {
    writeFileSync(beside, text);
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw new ShuttleError({
      code: 'SYSTEM_FILE_UNWRITABLE',
      file,
      error: (error as NodeJS.ErrnoException).code ?? String(error),
    });
  }
}
