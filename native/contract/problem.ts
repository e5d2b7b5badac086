// Every expected failure of Shuttle is a coded problem; the words for people are made in explain.ts and nowhere else.
import { explain } from './explain.js';
import type { Misasked } from './misasked.js';
import type { ProgramDefect } from './program_defect.js';

export type Problem =
  // the system file
  | {
      code: 'SYSTEM_FILE_INVALID';
      file: string;
      complaints: readonly { line: number; column: number; message: string }[];
    }
  | { code: 'SYSTEM_FILE_UNREADABLE'; file: string; error: string; near: readonly string[] }
  | { code: 'SYSTEM_FILE_UNWRITABLE'; file: string; error: string }
  // running a system
  | { code: 'VM_UNKNOWN'; vm: string; said: string; known: readonly string[] }
  | { code: 'VM_ORDER_CYCLE'; cycle: readonly string[] }
  | { code: 'VM_DIED'; vm: string; exit: number }
  | { code: 'VM_NEVER_READY'; vm: string; ready: string; exit: number | null }
  | { code: 'MOUNT_MISSING'; to: string; from: string }
  | { code: 'SETUP_FAILED'; vm: string; command: string; exit: number }
  | { code: 'USER_UNKNOWN'; user: string }
  | { code: 'USER_FORBIDDEN'; user: string }
  | { code: 'RUN_UNKNOWN'; run: string; near: readonly string[] }
  | { code: 'RUN_FOLDER_UNWRITABLE'; folder: string; error: string }
  // recording a run
  | { code: 'RECORD_FAILED'; file: string; error: string }
  | { code: 'RUN_STILL_RECORDED'; folder: string; pid: number }
  // reading recorded runs
  | { code: 'RUN_NOT_A_RUN'; folder: string; missing: string }
  | { code: 'RUN_FORMAT'; folder: string; format: string; known: number }
  | { code: 'RUN_UNREADABLE'; file: string; error: string }
  | { code: 'RUN_COLUMN'; file: string; column: string; type: string }
  | { code: 'RUN_WORD'; file: string; column: string; word: string }
  | { code: 'RUN_TOO_VARIED'; file: string; column: string }
  | { code: 'RUN_ID_TWICE'; id: string; folders: readonly string[] }
  | { code: 'RUNS_NONE' }
  | { code: 'RUNS_MIXED'; systems: readonly string[] }
  | { code: 'ROW_UNKNOWN'; run: string; seq: number }
  // asking about rules, and choosing them
  | { code: 'QUESTION_FORM'; question: string; wrong: Misasked }
  | { code: 'REVIEW_NO_TERMINAL'; file: string }
  | { code: 'EXPRESSION_FORM'; expression: string; at: number; wrong: string }
  | { code: 'EXPORT_OTHER_SYSTEM'; target: string; systems: string; vms: readonly string[] }
  | { code: 'QUERY_FAILED'; error: string; rules: boolean }
  | { code: 'ANSWER_UNWRITABLE'; file: string; error: string }
  | { code: 'ANSWER_NOT_FOR_TERMINALS'; format: string }
  | { code: 'DOT_COMMAND'; said: string; wrong: string; hint: string }
  | { code: 'TRACE_UNKNOWN'; file: string }
  // Windows programs
  | { code: 'WINE_MISSING'; program: string }
  | { code: 'WINE_32_MISSING'; program: string }
  | { code: 'WINE_BASE_FAILED'; windows: string; step: string; error: string }
  | { code: 'WINDOWS_NAME_UNMAPPED'; name: string }
  // the layers of VMs
  | { code: 'VM_IN_USE'; vm: string; pid: number }
  | { code: 'LAYER_UNNAMED' }
  | { code: 'LAYER_NONE'; file: string; vm: string | null; known: readonly string[] }
  | { code: 'COMMIT_NO_PLACE'; path: string }
  | { code: 'LAYER_UNWRITABLE'; folder: string; error: string }
  | { code: 'STATE_UNWRITABLE'; folder: string; error: string }
  // starting a VM
  | { code: 'PROGRAM_NOT_FOUND'; program: string }
  | { code: 'PROGRAM_NOT_EXECUTABLE'; program: string; reason: string }
  | { code: 'PROGRAM_UNUSABLE'; program: string; defect: ProgramDefect }
  | { code: 'CWD_UNUSABLE'; vm: string; folder: string; reason: string }
  | { code: 'DISPLAY_SERVER_MISSING'; vm: string; server: string }
  | { code: 'DISPLAY_NOT_HERE'; vm: string }
  | { code: 'USERNS_DISABLED'; sysctl: string } // name=value
  | { code: 'VM_START_FAILED'; vm: string; step: string; error: string };

/** An expected failure, thrown to the command that will print it. */
export class ShuttleError extends Error {
  constructor(readonly problem: Problem) {
    super(explain(problem).text);
    this.name = 'ShuttleError';
  }
}
