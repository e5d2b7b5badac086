// An answer on a terminal: one row a line, however long its values are.
import { cutMiddle, oneLine, widthOf } from '../../policygen/review/text.js';

const GAP = 2;
const LEAST = 8;
const NUMBERS = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL.*)$/;

/**
 * Lines of a table at most so many cells wide; what is too long loses its middle, and columns for which there is no room
 * at all are counted in a last line. Numbers stand to the right.
 */
export function gridOf(
  columns: readonly string[],
  types: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const lines = [columns, ...rows].map((cells) => cells.map(oneLine));
  const wanted = columns.map((_, at) => lines.reduce((most, cells) => Math.max(most, widthOf(cells[at] ?? '')), 0));
  const room = roomFor(wanted, width);
  const widths = fitted(wanted.slice(0, room), width - GAP * (room - 1));
  const made = laid(lines, types, widths);
  if (room === columns.length) return made;
  return [...made, `${room} of ${columns.length} columns; not shown: ${columns.slice(room).map(oneLine).join(', ')}`];
}

function laid(lines: readonly (readonly string[])[], types: readonly string[], widths: readonly number[]): string[] {
  return lines.map((cells) =>
    cells
      .slice(0, widths.length)
      .map((cell, at) => {
        const text = cutMiddle(cell, widths[at]!);
        const pad = ' '.repeat(Math.max(0, widths[at]! - widthOf(text)));
        return NUMBERS.test(types[at] ?? '') ? pad + text : text + pad;
      })
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}

/** How many columns fit, each cut as far as may be. */
function roomFor(wanted: readonly number[], width: number): number {
  let [room, taken] = [0, -GAP];
  while (room < wanted.length) {
    taken += Math.min(wanted[room]!, LEAST) + GAP;
    if (taken > width && room > 0) break;
    room++;
  }
  return room;
}

/** The widest columns give way until all fit, down to a few cells each. */
function fitted(wanted: readonly number[], cells: number): number[] {
  let most = Math.max(LEAST, ...wanted);
  const taken = () => wanted.reduce((sum, one) => sum + Math.min(one, most), 0);
  while (most > LEAST && taken() > cells) most--;
  return wanted.map((one) => Math.min(one, most));
}
