// Writing what was decided into a file that may have changed meanwhile: nothing that somebody else wrote is lost.

import { type Conflict, mergeThree } from '../compare/three_way.js';
import type { Rule } from '../file/model.js';
import { checkSystemFile } from '../file/parse.js';
import { updateRules } from '../file/update.js';

export type Saving =
  | { text: string; rules: readonly Rule[]; conflicts: Conflict[]; others: boolean }
  /** What stands on disk is no system file any more. */
  | { wrong: string };

/** `loaded` is the text that was reviewed, `disk` what stands there now. */
export function savingOf(
  loaded: string,
  disk: string,
  base: readonly Rule[],
  mine: readonly Rule[],
  file: string,
): Saving {
  if (disk === loaded) return { text: updateRules(disk, mine, file), rules: mine, conflicts: [], others: false };
  const { system, complaints } = checkSystemFile(disk, file);
  if (system === null) {
    const [first] = complaints;
    return { wrong: `${file}:${first?.line}:${first?.column}: ${first?.message}` };
  }
  const { rules, conflicts } = mergeThree(base, mine, system.rules);
  return { text: updateRules(disk, rules, file), rules, conflicts, others: true };
}
