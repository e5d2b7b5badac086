import { meant } from './near.js';
import { OPS } from './words.js';

/** Why a question about an interaction is none. */
export type Misasked =
  | { wrong: 'form' }
  | { wrong: 'op'; word: string }
  | { wrong: 'vm'; word: string; known: readonly string[] }
  | { wrong: 'place'; word: string; known: readonly string[] };

export const MISASKED: { [W in Misasked['wrong']]: (asked: Extract<Misasked, { wrong: W }>) => string } = {
  form: () => 'it is not of the form VM may OPERATION NAME',
  op: ({ word }) => `${word} is no operation${meant(word, OPS)}`,
  vm: ({ word, known }) => `${word} is no VM of this system${meant(word, known) || `: known are ${known.join(', ')}`}`,
  place: ({ word, known }) => `${word} is no place${meant(word, known) || `: known are ${known.join(', ')}`}`,
};
