// Every expected failure of Shuttle is a coded problem; the words for people are made here and nowhere else.

export type Problem =
  // starting a VM
  | { code: 'PROGRAM_NOT_FOUND'; program: string }
  | { code: 'PROGRAM_NOT_EXECUTABLE'; program: string; reason: string }
  | { code: 'USERNS_DISABLED'; sysctl: string }
  | { code: 'VM_START_FAILED'; vm: string; step: string; error: string };

export interface Explanation {
  /** What happened to what, and why: one sentence. */
  text: string;
  /** What to do about it. */
  hint: string;
}

/** The words of a problem. */
export function explain(problem: Problem): Explanation {
  switch (problem.code) {
    case 'PROGRAM_NOT_FOUND':
      return { text: `${problem.program}: no such program`, hint: 'give a path, or a name that is on PATH' };
    case 'PROGRAM_NOT_EXECUTABLE':
      return { text: `${problem.program}: cannot be run: ${problem.reason}`, hint: 'give a Linux or Windows program file' };
    case 'USERNS_DISABLED':
      return { text: 'user namespaces are off on this machine', hint: `set ${problem.sysctl}=1 as an administrator` };
    case 'VM_START_FAILED':
      return { text: `${problem.vm}: the VM could not be built: ${problem.step}: ${problem.error}`, hint: 'shuttle doctor says what this machine lacks' };
  }
}

/** An expected failure, thrown to the command that will print it. */
export class ShuttleError extends Error {
  constructor(readonly problem: Problem) {
    super(explain(problem).text);
    this.name = 'ShuttleError';
  }
}
