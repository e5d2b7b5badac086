// What went wrong with a session, as the problem its user is told of.
import { getSystemErrorName } from 'node:util';
import { explain } from '../../native/contract/explain.js';
import { type Problem, ShuttleError } from '../../native/contract/problem.js';
import type { EngineEvent } from '../../native/contract/vm.js';
import { namespacesNeed } from '../vm/namespaces.js';
import type { Fault } from './conduct.js';

/** As init tells it (native/init/wire.h). */
const FOLDER_NOT_ENTERED = 125;

type Exited = Extract<EngineEvent, { type: 'exited' }>;

/** What is said of a run whose record was not kept whole. */
export function lossOf(problem: Problem): string {
  const { text, hint } = explain(problem);
  return `${text} [${problem.code}]\n  ${hint}`;
}

/** Why the course of a run came to nothing. */
export function faultProblem(fault: Fault): ShuttleError {
  const { vm, code, ready } = fault;
  if (!ready) return new ShuttleError({ code: 'VM_DIED', vm, exit: code });
  return new ShuttleError({ code: 'VM_NEVER_READY', vm, ready: `${ready.op} ${ready.object}`, exit: code });
}

/** The VM was built and its program could not be executed after all. */
export function execProblem(exited: Exited, { program, cwd }: { program: string; cwd: string }): ShuttleError {
  const name = getSystemErrorName(-(exited.error ?? 0));
  if (exited.code === FOLDER_NOT_ENTERED)
    return new ShuttleError({ code: 'CWD_UNUSABLE', vm: exited.vm, folder: cwd, reason: name });
  if (name === 'ENOENT' || name === 'ENOTDIR') return new ShuttleError({ code: 'PROGRAM_NOT_FOUND', program });
  return new ShuttleError({ code: 'PROGRAM_NOT_EXECUTABLE', program, reason: name });
}

/** What the engine threw at a VM's start. */
export function startProblem(vm: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('step' in error)) return error;
  const { step, errno } = error as Error & { step: string; errno: string | number };
  const needed = step === 'namespaces' ? namespacesNeed() : null;
  if (needed !== null) return new ShuttleError({ code: 'USERNS_DISABLED', sysctl: needed });
  const name = typeof errno === 'number' && errno > 0 ? getSystemErrorName(-errno) : String(errno);
  return new ShuttleError({ code: 'VM_START_FAILED', vm, step, error: name });
}
