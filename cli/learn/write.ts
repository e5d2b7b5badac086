import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { ShuttleError } from '../../native/contract/problem.js';

type Unwritable = 'SYSTEM_FILE_UNWRITABLE' | 'ANSWER_UNWRITABLE';

/**
 * Writes beside and renames, so that a crash leaves the old file whole. A file that was there keeps its place (where a
 * link names it), owner and mode. Throws `code`: it is a system file, or an answer.
 */
export function writeWhole(file: string, text: string, code: Unwritable = 'SYSTEM_FILE_UNWRITABLE'): void {
  let beside: string | null = null;
  try {
    const before = statSync(file, { throwIfNoEntry: false });
    const target = before ? realpathSync(file) : file;
    if (before) accessSync(target, constants.W_OK);
    beside = `${target}.${process.pid}.part`;
    writeFileSync(beside, text);
    if (before) {
      if (process.getuid?.() === 0) chownSync(beside, before.uid, before.gid);
      chmodSync(beside, before.mode & 0o7777);
    }
    renameSync(beside, target);
  } catch (error) {
    if (beside !== null) rmSync(beside, { force: true });
    throw new ShuttleError({
      code,
      file,
      error: (error as NodeJS.ErrnoException).code ?? String(error),
    });
  }
}
