// Text cut to the cells of a terminal. Names are chosen by programs nobody trusts: what reaches a screen went through
// `printable` first, so that no name moves a cursor or turns writing round.
import stringWidth from 'string-width';
import { printable } from '../../native/contract/printable.js';

export type Tone = 'plain' | 'dim' | 'bold' | 'good' | 'bad' | 'warn' | 'pick';

export interface Span {
  text: string;
  tone?: Tone;
}

export type Row = readonly Span[];

// Longer text is cut before its width is looked at: a name may have 32,768 characters.
const MOST = 4096;
const MORE = '…';

const ASCII = /^[ -~]*$/;
export const widthOf = (text: string): number => (ASCII.test(text) ? text.length : stringWidth(text));

/** One printable line; what is far too long loses its middle. */
export function oneLine(text: string): string {
  const short = text.length > MOST ? `${text.slice(0, MOST / 2)}${MORE}${text.slice(-MOST / 2)}` : text;
  // Marks that only change direction or nothing at all would make one name look like another.
  return printable(short).replace(
    /[\u061c\u200b-\u200f\u2060-\u2064\ufeff]/g,
    (char) => `\\u{${char.charCodeAt(0).toString(16)}}`,
  );
}

/** The beginning of a text, in at most so many cells. */
export function cut(text: string, cells: number): string {
  if (widthOf(text) <= cells) return text;
  if (cells < 1) return '';
  return taken(text, cells - 1) + MORE;
}

/** A text without its middle, since the ends of names tell them apart. */
export function cutMiddle(text: string, cells: number): string {
  if (widthOf(text) <= cells) return text;
  if (cells < 8) return cut(text, cells);
  const tail = [...text].reverse();
  const kept = [...taken(tail.join(''), Math.floor((cells - 1) / 2))].reverse().join('');
  return taken(text, cells - 1 - widthOf(kept)) + MORE + kept;
}

function taken(text: string, cells: number): string {
  if (ASCII.test(text)) return text.slice(0, cells);
  let [made, width] = ['', 0];
  for (const char of text) {
    const more = widthOf(char);
    if (width + more > cells) break;
    made += char;
    width += more;
  }
  return made;
}

/** Text broken into lines at spaces, or anywhere where a word is too long; the last one is cut. */
export function wrap(text: string, cells: number, most: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer) <= cells) line = longer;
    else {
      if (line !== '') lines.push(line);
      line = word;
    }
    while (widthOf(line) > cells && lines.length < most) {
      const head = taken(line, Math.max(1, cells));
      lines.push(head);
      line = line.slice(head.length);
    }
    if (lines.length >= most) break;
  }
  if (line !== '' && lines.length < most) lines.push(line);
  else if (line !== '' && lines.length > 0) lines[most - 1] = cut(`${lines[most - 1]}${MORE}`, cells);
  return lines.slice(0, most);
}

/** A row cut to so many cells; whatever a name holds, it is one printable line. */
export function fitRow(row: Row, cells: number): Row {
  const made: Span[] = [];
  let left = cells;
  for (const { text, tone } of row) {
    if (left <= 0) break;
    const shown = cut(oneLine(text), left);
    left -= widthOf(shown);
    made.push(tone === undefined ? { text: shown } : { text: shown, tone });
  }
  return made;
}

export const rowText = (row: Row): string => row.map(({ text }) => text).join('');
export const plainRow = (text: string, tone?: Tone): Row => [tone === undefined ? { text } : { text, tone }];
