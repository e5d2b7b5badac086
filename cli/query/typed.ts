// What is typed at the prompt, line by line, until it is something to answer: pure, so that a test needs no terminal.
import { statementsOf } from '../../analyzer/ask/statements.js';

export interface Typed {
  /** What stands in the lines before, not yet ended. */
  pending: string;
  /** What is to be answered now: statements, or a command with a dot. */
  ready: string[];
}

export const NOTHING: Typed = { pending: '', ready: [] };

export function typed({ pending }: Typed, line: string): Typed {
  if (pending === '' && /^\s*\.\w/.test(line)) return { pending: '', ready: [line.trim()] };
  const { whole, rest } = statementsOf(pending === '' ? line : `${pending}\n${line}`);
  return { pending: rest.trim() === '' ? '' : rest, ready: whole };
}

/** A statement as one line of the history, where it can be: a comment at a line's end would hide what follows. */
export function inOneLine(statement: string): string | null {
  return statement.includes('--') && statement.includes('\n') ? null : statement.replaceAll(/\s*\n\s*/g, ' ').trim();
}
