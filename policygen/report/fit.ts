// Text in a column: what is too long loses its middle, for both ends of a path say something.
import stringWidth from 'string-width';
import { printable } from '../../native/contract/printable.js';

/** At most `columns` wide, in characters of a fixed width. */
export function fitted(given: string, columns: number): string {
  const text = printable(Buffer.from(given.slice(0, 4096)).toString());
  if (stringWidth(text) <= columns) return text;
  const chars = [...text];
  const head = take(chars, Math.floor((columns - 1) * 0.55));
  const tail = take(chars.toReversed(), columns - 1 - stringWidth(head));
  return `${head}…${[...tail].toReversed().join('')}`;
}

function take(chars: readonly string[], columns: number): string {
  let taken = '';
  let width = 0;
  for (const char of chars) {
    width += stringWidth(char);
    if (width > columns) break;
    taken += char;
  }
  return taken;
}
