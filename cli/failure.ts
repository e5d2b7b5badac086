// What is printed when something failed, and the exit code that goes with it.

import { explain } from '../native/contract/explain.js';
import { meant } from '../native/contract/near.js';
import { ShuttleError } from '../native/contract/problem.js';
import { isCommand } from './commands.js';
import { document, note, paint } from './print.js';

export interface Invocation {
  command: string;
  json: boolean;
}

const OWN_FAILURE = 125;
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;
const USAGE = 2;

interface Failure {
  code: string;
  message: string;
  hint: string;
  exit: number;
}

interface UsageError extends Error {
  code: string;
  exitCode: number;
}

const isUsage = (error: unknown): error is UsageError =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('commander.');

/** Whether a command passes on a program's own exit codes, so that Shuttle's must keep out of their way. */
const runsPrograms = (command: string) => command === 'learn' || command === 'run';

/** Prints a failure where people (or --json) look for it; the exit code. */
export function failed(error: unknown, invocation: Invocation): number {
  // --help and --version come as errors that are none.
  if (isUsage(error) && error.exitCode === 0) return 0;
  const failure = describe(error, invocation);
  if (invocation.json && failure.code !== UNWRITTEN) tellAsDocument(failure);
  note(`${paint('red', 'shuttle:')} ${failure.message} ${paint('dim', `[${failure.code}]`)}`);
  if (failure.hint) note(`  ${failure.hint}`);
  return failure.exit;
}

const UNWRITTEN = 'ANSWER_UNWRITABLE';

function tellAsDocument({ code, message, hint }: Failure): void {
  try {
    document({ error: { code, message, hint } });
  } catch {
    // Standard output keeps nothing; standard error is told the same.
  }
}

function describe(error: unknown, { command }: Invocation): Failure {
  if (error instanceof ShuttleError) {
    const { text, hint } = explain(error.problem);
    return { code: error.problem.code, message: text, hint, exit: exitOf(error.problem.code) };
  }
  if (isUsage(error)) {
    const message = withChoice(error.message.replace(/^error: /, '').replaceAll('\n', ' '));
    const exit = runsPrograms(command) ? OWN_FAILURE : USAGE;
    if (error.code === 'commander.help')
      return { code: 'USAGE', message: 'which command?', hint: 'shuttle --help', exit };
    return { code: 'USAGE', message, hint: isCommand(command) ? `shuttle ${command} --help` : 'shuttle --help', exit };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'INTERNAL', message: text, hint: 'this is a defect of Shuttle', exit: OWN_FAILURE };
}

/** Of the values that an option can have, the one that was meant. */
function withChoice(message: string): string {
  const [, word = '', choices = ''] =
    / argument '([^']*)' is invalid[.] Allowed choices are (.*)[.]$/.exec(message) ?? [];
  return message + meant(word, choices.split(', '));
}

function exitOf(code: string): number {
  // An argument that cannot be read; no command that runs programs takes one.
  if (code === 'QUESTION_FORM' || code === 'EXPRESSION_FORM') return USAGE;
  if (code === 'PROGRAM_NOT_FOUND') return NOT_FOUND;
  if (code === 'PROGRAM_NOT_EXECUTABLE' || code === 'PROGRAM_UNUSABLE') return NOT_EXECUTABLE;
  return OWN_FAILURE;
}
