import type { CompiledRule } from '../../native/contract/rules.js';

/** Whether a rule holds for names that came whole. */
export const isPass = ({ carrier, object }: CompiledRule): boolean =>
  carrier !== null && !object.some((part) => typeof part !== 'string' && part.token === 'given');
