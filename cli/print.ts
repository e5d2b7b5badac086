// The only place that prints. Results go to standard output, everything else to standard error.
//
// process.stdout and its kin are not touched: looking at them makes a pipe non-blocking, for the programs that share it
// too, and those then lose what they write.
import { isatty } from 'node:tty';
import { printable } from '../native/contract/printable.js';
import { ShuttleError } from '../native/contract/problem.js';
import { writeAll } from '../tracer/session/write_all.js';

const codes = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 } as const;

/** Coloured for standard error's reader, or for standard output's with `fd` 1. */
export function paint(colour: keyof typeof codes, text: string, fd: 1 | 2 = 2): string {
  if (!isatty(fd) || process.env.NO_COLOR) return text;
  return `\u001b[${codes[colour]}m${text}\u001b[0m`;
}

/** Bytes of the result. Throws ANSWER_UNWRITABLE where they are not kept, as on a full disk. */
export function result(bytes: Uint8Array): void {
  const error = writeAll(1, bytes);
  if (error !== null) throw new ShuttleError({ code: 'ANSWER_UNWRITABLE', file: 'standard output', error });
}

const beside = (text: string) => writeAll(2, Buffer.from(text));

/** The one JSON document of a command with --json. Big integers are written as numbers where that loses nothing. */
export function document(value: unknown): void {
  clear();
  result(Buffer.from(`${JSON.stringify(value, plain, 2)}\n`));
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value.toString();
}

/** One line of the result. */
export function line(text: string): void {
  clear();
  result(Buffer.from(`${text}\n`));
}

/** One line for the person, beside the result. */
export function note(text: string): void {
  clear();
  beside(`${text}\n`);
}

let shown = false;

/** What is being done now, on a terminal only; the next one takes its place. */
export function progress(text: string): void {
  if (!isatty(2)) return;
  clear();
  beside(paint('dim', text));
  shown = true;
}

function clear(): void {
  if (shown) beside('\r\u001b[K');
  shown = false;
}

/** Columns as wide as what stands in them; the last one is left ragged, and a row is one line. */
export function table(heads: readonly string[], given: readonly (readonly string[])[]): string[] {
  const rows = given.map((cells) => cells.map(printable));
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => (row[at] ?? '').length)));
  const lay = (cells: readonly string[]) =>
    cells.map((cell, at) => (at === cells.length - 1 ? cell : cell.padEnd(widths[at] ?? 0))).join('  ');
  return [lay(heads), ...rows.map(lay)];
}
