import { line } from '../print.js';
import { wholeTree } from '../program.js';
import { candidatesFor } from './candidates.js';
import { known } from './known.js';

/** Prints what could stand in the place of the last word, a line each: the word, a tab, what it is; `:files` asks the shell for its own. */
export async function answerShell(words: readonly string[]): Promise<number> {
  const { candidates, paths } = candidatesFor(await wholeTree(), words.slice(0, -1), words.at(-1) ?? '', known);
  // A name that would break the line is nothing that could be typed.
  const printable = candidates.filter(({ word }) => !/\p{Cc}/u.test(word));
  for (const { word, says } of printable) line(says === undefined ? word : `${word}\t${says.replaceAll(/\s+/g, ' ')}`);
  if (paths !== undefined) line(`:${paths}`);
  return 0;
}
