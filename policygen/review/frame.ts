// What stands on the screen, row by row, for a size: pure, so that a test needs no terminal.
import type { EvidenceRow, MessageHead } from '../../analyzer/explain/evidence.js';
import type { Book } from './book.js';
import { detailRows, matchingRows } from './detail.js';
import { evidenceRows } from './evidence_rows.js';
import { footerRow, helpRows } from './help.js';
import { listRow } from './list.js';
import { type State, undecided } from './state.js';
import { fitRow, plainRow, type Row, rowText } from './text.js';

export interface Size {
  columns: number;
  rows: number;
}

/** Evidence of the rule that is looked at, once it was read. */
export interface Shown {
  id: string;
  rows: readonly (EvidenceRow & { messages?: readonly MessageHead[] })[] | null;
}

export const LEAST: Size = { columns: 40, rows: 10 };

/** Exactly `rows` rows of at most `columns` cells. */
export function frameOf(state: State, book: Book, size: Size, evidence: Shown | null): Row[] {
  if (size.columns < LEAST.columns || size.rows < LEAST.rows) return tooSmall(size);
  const made = bodyOf(state, book, size, evidence).map((row) => fitRow(row, size.columns));
  const body = made.slice(0, size.rows - 1);
  while (body.length < size.rows - 1) body.push([]);
  return [...body, fitRow(footerOf(state, size.columns), size.columns)];
}

function tooSmall({ columns, rows }: Size): Row[] {
  const said = [`${columns}x${rows} is too small:`, `make it ${LEAST.columns}x${LEAST.rows}`, 'or use --plain'];
  return Array.from({ length: rows }, (_, at) => fitRow(plainRow(said[at] ?? ''), columns));
}

function bodyOf(state: State, book: Book, size: Size, evidence: Shown | null): Row[] {
  const title = titleOf(state, book, size);
  if (state.mode === 'help') return [title, ...scrolled(helpRows(size.columns), state, size)];
  if (state.mode === 'evidence')
    return [title, ...scrolled(evidenceRows(state, book, evidence, size.columns), state, size)];
  if (state.mode === 'conflicts') return [title, ...scrolled(conflictRows(state), state, size)];
  const listed = listHeight(state, size);
  const detail = size.rows - 3 - listed;
  const list = listRows(state, book, size.columns, listed);
  const rule = plainRow('-'.repeat(size.columns), 'dim');
  const below =
    state.mode === 'edit'
      ? matchingRows(state, book, size.columns, detail)
      : detailRows(state, book, size.columns, detail);
  return [title, ...list, rule, ...below];
}

/** Half of the screen; where the list is shorter, the rest is for the rule that is looked at. */
const listHeight = ({ shown }: State, { rows }: Size): number =>
  Math.min(Math.max(shown.length, 3), rows - 3 - Math.max(5, Math.floor((rows - 3) * 0.5)));

function titleOf(state: State, book: Book, { columns }: Size): Row {
  const open = undecided(state.rules);
  const path = book.file.system.file ?? book.file.system.name;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const changed = state.rules === state.saved ? '' : ', changed';
  const filter = state.filter === '' ? '' : `  filter: ${state.filter}`;
  const counts = `${open} of ${state.rules.length} to decide${changed}${filter}`;
  return fitRow([{ text: `${name}  `, tone: 'bold' }, { text: counts }], columns);
}

function listRows(state: State, book: Book, columns: number, height: number): Row[] {
  // The cursor stays in the middle where there is room, so that what comes is seen.
  const top = Math.max(0, Math.min(state.cursor - Math.floor(height / 2), state.shown.length - height));
  const byId = new Map<string, (typeof state.rules)[number]>();
  const wanted = new Set(state.shown.slice(top, top + height).flatMap((entry) => ('id' in entry ? [entry.id] : [])));
  for (const rule of state.rules) if (wanted.has(rule.id)) byId.set(rule.id, rule);
  const rows = state.shown.slice(top, top + height).map((entry, at): Row => {
    if (!('id' in entry)) return plainRow(entry.heading, 'bold');
    const rule = byId.get(entry.id);
    return rule === undefined ? [] : listRow(rule, book, columns, top + at === state.cursor);
  });
  while (rows.length < height) rows.push([]);
  return state.shown.length === 0 ? [plainRow('no rules: nothing crossed the wall'), ...rows.slice(1)] : rows;
}

const scrolled = (rows: readonly Row[], { scroll }: State, size: Size): readonly Row[] =>
  rows.slice(Math.min(scroll, Math.max(0, rows.length - (size.rows - 2))));

function conflictRows({ conflicts }: State): Row[] {
  const said = (value: unknown) =>
    value === null ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value);
  return [
    plainRow('The file changed on disk, and you and it say different things:', 'warn'),
    ...conflicts.flatMap(({ rule, key, ours, theirs, taken }) => [
      plainRow(`${rule ?? ''} ${key}`, 'bold'),
      plainRow(`  you ${said(ours)}, the file ${said(theirs)}; the narrower is ${said(taken)}`),
    ]),
  ];
}

const UNSAVED = 'Not saved yet. ';

function footerOf(state: State, columns: number): Row {
  if (state.mode === 'leaving')
    return [{ text: UNSAVED, tone: 'warn' }, ...footerRow('leaving', columns - UNSAVED.length)];
  if (state.message !== '') return plainRow(state.message, 'warn');
  if (state.mode === 'search' || state.mode === 'filter' || state.mode === 'note') return typedRow(state);
  return footerRow(state.mode, columns);
}

/** What is typed, with a mark where the next character goes. */
export function typedRow({ mode, line: { text, at } }: State): Row {
  const shown = at > 40 ? `…${text.slice(at - 38)}` : text;
  const place = at > 40 ? 39 : at;
  return [
    { text: `${mode}: `, tone: 'bold' },
    { text: shown.slice(0, place) },
    { text: shown.slice(place, place + 1) || ' ', tone: 'pick' },
    { text: shown.slice(place + 1) },
  ];
}

export const frameText = (rows: readonly Row[]): string => rows.map((row) => rowText(row).trimEnd()).join('\n');
