// Names of the world that stand for placeholders of the help: system files, runs, VMs, operations.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPS } from '../../native/contract/words.js';
import { checkSystemFile } from '../../policygen/file/parse.js';
import { FIELDS } from '../../policygen/review/expression.js';
import { isSystemFile } from '../options.js';
import type { Answer, Candidate } from './candidates.js';

type Source = (operands: readonly string[], current: string, command: string) => Answer;

const paths =
  (which: Answer['paths']): Source =>
  () => ({ candidates: [], ...(which ? { paths: which } : {}) });
const list = (words: readonly string[]): Answer => ({ candidates: words.map((word) => ({ word })) });
const files = paths('files');
const systemFiles = paths('system files');

/** By the words that help has for a value. Others are completed as files. */
const SOURCES: Readonly<Record<string, Source>> = {
  'system file': systemFiles,
  file: (operands, current, command) => (command.startsWith('vm ') ? systemFiles : files)(operands, current, command),
  a: systemFiles,
  b: systemFiles,
  base: systemFiles,
  ours: systemFiles,
  theirs: systemFiles,
  run: (_, current) => ({ candidates: current.includes('/') ? [] : runs(), paths: 'files' }),
  'run or system file': (_, current) => ({ candidates: current.includes('/') ? [] : runs(), paths: 'files' }),
  vm: (operands) => list(vmsOf(operands.find(isSystemFile))),
  question: (operands, current) => list(questions(vmsOf(operands.find(isSystemFile)), current)),
  expression: (_, current) => list(expressions(current)),
  shell: () => list(['bash', 'zsh', 'fish']),
  command: paths(undefined),
  n: paths(undefined),
  seconds: paths(undefined),
  folder: paths('folders'),
};

export const known = (placeholder: string, operands: readonly string[], current: string, command: string): Answer =>
  (SOURCES[placeholder] ?? files)(operands, current, command);

const MOST_RUNS = 50;

/** Ids of the runs below this folder, the latest first. */
function runs(): Candidate[] {
  const folder = '.shuttle/runs';
  if (!existsSync(folder)) return [];
  const found = readdirSync(folder).flatMap((system) =>
    readdirSync(join(folder, system)).map((word) => ({ word, says: `a run of ${system}` })),
  );
  return found.sort((a, b) => (a.word < b.word ? 1 : -1)).slice(0, MOST_RUNS);
}

function vmsOf(file: string | undefined): string[] {
  if (file === undefined) return [];
  try {
    return checkSystemFile(readFileSync(file, 'utf8'), file).system?.system.vms.map(({ name }) => name) ?? [];
  } catch {
    return []; // no such file: the command will say so
  }
}

/** `app may tcp.connect `, word by word; what ends with a blank goes on. */
function questions(vms: readonly string[], current: string): string[] {
  if (!/^\S+ may /.test(current)) return vms.map((vm) => `${vm} may `);
  const before = /^\S+ may /.exec(current)![0];
  if (!/^\S+ may \S+ /.test(current)) return OPS.map((op) => `${before}${op} `);
  const op = /^\S+ may \S+ /.exec(current)![0];
  return [...vms, 'host', 'net'].map((place) => `${op}${place} `);
}

const VALUES: Readonly<Record<string, readonly string[]>> = {
  state: ['proposed', 'accepted', 'refused'],
  needed: ['proven', 'seen', 'optional', 'unknown'],
  op: OPS,
};

/** The last word of an expression: a field, or one of its words. */
function expressions(current: string): string[] {
  const [, before = '', field = ''] = /^(.*?[\s(]?)(?:(\w+)(?:!=|=))?[\w.*]*$/s.exec(current) ?? [];
  const values = VALUES[field];
  if (field === '') return Object.keys(FIELDS).map((one) => `${before}${one}`);
  const sign = current.slice(before.length).startsWith(`${field}!=`) ? '!=' : '=';
  return (values ?? []).map((value) => `${before}${field}${sign}${value}`);
}
