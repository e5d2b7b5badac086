// Answers on their way out: a table for people, or a file's bytes for programs.
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isatty } from 'node:tty';
import type { FileFormat, Questions } from '../../analyzer/ask/questions.js';
import type { Answer } from '../../analyzer/load/duck.js';
import { count } from '../../native/contract/count.js';
import { printable } from '../../native/contract/printable.js';
import { ShuttleError } from '../../native/contract/problem.js';
import { document, line, note, result, table } from '../print.js';
import type { Format } from '../query.js';
import { gridOf } from './grid.js';

/** How answers are written, and where: null for standard output. */
export interface Manner {
  format: Format;
  file: string | null;
}

const MOST_ROWS = 200;

/** Asks, and writes the answer in its manner; the number of rows, where it is known. Throws QUERY_FAILED, ANSWER_UNWRITABLE. */
export async function printAnswer(questions: Questions, text: string, manner: Manner): Promise<number | null> {
  const { format, file } = manner;
  if (format === 'table' || format === 'json') {
    const answer = await questions.ask(text);
    if (file !== null) writeText(file, textOf(answer, format));
    else if (format === 'json') document(objectsOf(answer));
    else for (const row of isatty(1) ? onScreen(answer) : tableOf(answer)) line(row);
    return answer.rows.length;
  }
  if (file !== null) await saved(questions, text, format, file);
  else await toStandardOutput(questions, text, format);
  return null;
}

const objectsOf = ({ columns, rows }: Answer) =>
  rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at] ?? null])));

const tableOf = ({ columns, rows }: Answer): string[] =>
  table(
    columns,
    rows.map((row) => row.map(shown)),
  );

function onScreen({ columns, types, rows }: Answer): string[] {
  if (columns.length === 0) return [];
  const shownRows = rows.slice(0, MOST_ROWS).map((row) => row.map(shown));
  const more = rows.length - shownRows.length;
  const grid = gridOf(columns, types, shownRows, process.stdout.columns || 80);
  return more === 0 ? grid : [...grid, `and ${count(more, 'more row')}: -o FILE, or .output FILE, keeps all`];
}

const textOf = (answer: Answer, format: 'table' | 'json'): string =>
  format === 'json' ? `${JSON.stringify(objectsOf(answer), null, 2)}\n` : `${tableOf(answer).join('\n')}\n`;

function shown(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function writeText(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw unwritable(file, error);
  }
}

const unwritable = (file: string, error: unknown) =>
  new ShuttleError({ code: 'ANSWER_UNWRITABLE', file, error: (error as NodeJS.ErrnoException).code ?? String(error) });

/** DuckDB's words on a file that cannot be written are many: it is tried first. */
async function saved(questions: Questions, text: string, format: FileFormat, file: string): Promise<void> {
  try {
    closeSync(openSync(file, 'a'));
  } catch (error) {
    throw unwritable(file, error);
  }
  await questions.save(text, format, file);
}

/** By way of a file, since what writes these formats goes back and forth in it. */
async function toStandardOutput(questions: Questions, text: string, format: FileFormat): Promise<void> {
  if (format !== 'csv' && isatty(1)) throw new ShuttleError({ code: 'ANSWER_NOT_FOR_TERMINALS', format });
  const folder = mkdtempSync(join(tmpdir(), 'shuttle-answer-'));
  try {
    const file = join(folder, 'answer');
    await questions.save(text, format, file);
    if (isatty(1)) for (const row of readFileSync(file, 'utf8').trimEnd().split('\n')) line(printable(row));
    else for (const bytes of piecesOf(file)) result(bytes);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function* piecesOf(file: string): Generator<Buffer> {
  const descriptor = openSync(file, 'r');
  try {
    const piece = Buffer.alloc(1 << 20);
    for (let read = readSync(descriptor, piece); read > 0; read = readSync(descriptor, piece))
      yield piece.subarray(0, read);
  } finally {
    closeSync(descriptor);
  }
}

/** Said after an answer at the prompt. */
export function summary(rows: number | null, { file }: Manner, milliseconds: number): void {
  const what = rows === null ? 'written' : count(rows, 'row');
  note(`${what}${file === null ? '' : ` in ${file}`}, ${Math.round(milliseconds)} ms`);
}
