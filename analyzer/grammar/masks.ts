// A name with one unit masked: what is left is the frame that names of one family share. Units are words (letters and
// digits), pieces (words joined by `_`) or whole components between separators. A name of very many units is left alone,
// so that time stays linear.
import type { Item } from './items.js';

export type Unit = 'word' | 'piece' | 'component';

export interface Mask {
  frame: string;
  value: string;
  /** Which literal part of the item, and where in it. */
  part: number;
  start: number;
}

const UNITS: Record<Unit, RegExp> = { word: /[\p{L}\p{N}]+/gu, piece: /[\p{L}\p{N}_]+/gu, component: /[^\\/:]+/gu };
const MOST = 48;
const LONGEST = 2048;

/** Every masking of the item by one unit of this kind. */
export function masksOf(item: Item, unit: Unit): Mask[] {
  if (item.text.length > LONGEST) return [];
  const masks: Mask[] = [];
  for (const [part, text] of item.parts.entries()) {
    if (typeof text !== 'string') continue;
    for (const match of text.matchAll(UNITS[unit])) {
      if (touchesToken(item, part, match)) continue;
      if (masks.length === MOST) return [];
      masks.push({ frame: frameOf(item, part, match), value: match[0], part, start: match.index });
    }
  }
  return masks;
}

// A unit that goes on into a bound token is not a whole one.
function touchesToken({ parts }: Item, part: number, match: RegExpMatchArray): boolean {
  const text = parts[part] as string;
  const end = match.index! + match[0].length;
  return (match.index === 0 && part > 0) || (end === text.length && part < parts.length - 1);
}

function frameOf({ parts }: Item, part: number, match: RegExpMatchArray): string {
  return parts
    .map((one, at) => {
      if (typeof one !== 'string') return `\u0001${one.token}\u0001`;
      return at === part ? `${one.slice(0, match.index)}\u0002${one.slice(match.index! + match[0].length)}` : one;
    })
    .join('');
}
