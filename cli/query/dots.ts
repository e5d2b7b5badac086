// Commands of the prompt, which begin with a dot.
import { readFileSync } from 'node:fs';
import { PUBLISHED } from '../../analyzer/ask/published.js';
import type { Questions } from '../../analyzer/ask/questions.js';
import { meant } from '../../native/contract/near.js';
import { ShuttleError } from '../../native/contract/problem.js';
import { line, table } from '../print.js';
import { FORMATS, type Format } from '../query.js';
import { type Manner, printAnswer } from './answer.js';

/** What a command works on; `manner` is what it may change. */
export interface Talk {
  questions: Questions;
  manner: Manner;
}

interface Dot {
  says: string;
  /** What is wrong with what was said, or nothing. */
  does(word: string, talk: Talk): Promise<{ wrong: string; hint?: string } | undefined> | undefined;
}

export const DOTS: Readonly<Record<string, Dot>> = {
  '.help': { says: 'these commands', does: () => void help() },
  '.tables': { says: 'the tables there are', does: (_, { questions }) => tables(questions) },
  '.schema': {
    says: 'columns of all tables, or of one: .schema TABLE',
    does: (name, { questions }) => schema(name, questions),
  },
  '.format': {
    says: `how answers are written: ${FORMATS.join(', ')}`,
    does: (name, { manner }) => format(name, manner),
  },
  '.output': {
    says: 'where to: .output FILE; without FILE onto the screen',
    does: (file, { manner }) => void Object.assign(manner, { file: file || null }),
  },
  '.read': { says: 'answer the statements of a file', does: read },
  '.quit': { says: 'leave, as Ctrl-D does', does: () => undefined },
};

/** Does what a line says that begins with a dot; false for any other. Throws DOT_COMMAND. */
export async function dotted(text: string, talk: Talk): Promise<boolean> {
  const [, name = '', word = ''] = /^\s*(\.\w*)\s*(.*?)\s*;?\s*$/s.exec(text) ?? [];
  if (name === '') return false;
  const fail = (wrong: string, hint = '.help lists the commands') => {
    throw new ShuttleError({ code: 'DOT_COMMAND', said: name, wrong, hint });
  };
  const dot = DOTS[name];
  if (dot === undefined) return fail(`no such command${meant(name, Object.keys(DOTS))}`);
  const found = await dot.does(word, talk);
  if (found !== undefined) fail(found.wrong, found.hint);
  return true;
}

function help(): void {
  for (const text of table(
    ['command', 'does'],
    Object.entries(DOTS).map(([name, { says }]) => [name, says]),
  ))
    line(text);
  line('SQL ends with a semicolon. Ctrl-C cancels, Ctrl-D leaves.');
}

async function tables(questions: Questions): Promise<undefined> {
  const known = await questions.tables();
  const rows = [...known.keys()].map((name) => [name, PUBLISHED[name]?.says ?? 'made here']);
  for (const text of table(['table', 'holds'], rows)) line(text);
}

async function schema(wanted: string, questions: Questions) {
  const known = await questions.tables();
  if (wanted !== '' && !known.has(wanted)) {
    const hint = `tables are ${[...known.keys()].join(', ')}`;
    return { wrong: `no table ${wanted}${meant(wanted, known.keys())}`, hint };
  }
  const rows = [...known].flatMap(([name, columns]) => {
    const said = new Map(PUBLISHED[name]?.columns);
    return wanted === '' || wanted === name ? columns.map((column) => [name, column, said.get(column) ?? '']) : [];
  });
  for (const text of table(['table', 'column', 'says'], rows)) line(text);
  return undefined;
}

const isFormat = (word: string): word is Format => (FORMATS as readonly string[]).includes(word);

function format(name: string, manner: Manner) {
  if (!isFormat(name)) {
    const hint = `one of ${FORMATS.join(', ')}`;
    return Promise.resolve({ wrong: name === '' ? 'which format?' : `no format ${name}${meant(name, FORMATS)}`, hint });
  }
  manner.format = name;
  return undefined;
}

async function read(file: string, { questions, manner }: Talk) {
  if (file === '') return { wrong: 'which file?', hint: '.read FILE' };
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return { wrong: `${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`, hint: 'name a file of SQL' };
  }
  await printAnswer(questions, text, manner);
  return undefined;
}
