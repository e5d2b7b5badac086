// Which of two compiled rules decides where both match, as the engine has it (native/engine/decide.h).
import { bySpecificity } from '../../analyzer/pattern/specific.js';
import type { CompiledRule, Pattern } from '../../native/contract/rules.js';

/** Literal text and tokens count in object and arguments together. */
const patternsOf = ({ object, args }: CompiledRule): Pattern => [...object, ...(args ?? []).flat()];

/** Rules from the one that decides first to the last; those alike stay in the file's order. */
export function byPrecedence(rules: readonly CompiledRule[]): CompiledRule[] {
  return rules.toSorted((a, b) => bySpecificity(patternsOf(a), patternsOf(b)) || Number(a.allow) - Number(b.allow));
}
