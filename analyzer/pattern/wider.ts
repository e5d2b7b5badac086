import type { TokenName } from '../../native/contract/words.js';

/** The next wider token of each free one that has one. */
export const WIDER: Partial<Record<TokenName, TokenName>> = {
  guid: 'name',
  date: 'name',
  time: 'name',
  uint: 'word',
  hex: 'word',
  word: 'name',
  name: 'rest',
};
