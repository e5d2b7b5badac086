// Every expected failure of Shuttle is a coded problem; the words for people are made here and nowhere else.

import { meant, offered } from './near.js';
import { OPS } from './words.js';

export type Problem =
  // the system file
  | {
      code: 'SYSTEM_FILE_INVALID';
      file: string;
      complaints: readonly { line: number; column: number; message: string }[];
    }
  | { code: 'SYSTEM_FILE_UNREADABLE'; file: string; error: string }
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

/** Why a question about an interaction is none. */
export type Misasked =
  | { wrong: 'form' }
  | { wrong: 'op'; word: string }
  | { wrong: 'vm'; word: string; known: readonly string[] }
  | { wrong: 'place'; word: string; known: readonly string[] };

const MISASKED: { [W in Misasked['wrong']]: (asked: Extract<Misasked, { wrong: W }>) => string } = {
  form: () => 'it is not of the form VM may OPERATION NAME',
  op: ({ word }) => `${word} is no operation${meant(word, OPS)}`,
  vm: ({ word, known }) => `${word} is no VM of this system${meant(word, known) || `: known are ${known.join(', ')}`}`,
  place: ({ word, known }) => `${word} is no place${meant(word, known) || `: known are ${known.join(', ')}`}`,
};

/** Why a file that is there is no program for this machine. */
export type ProgramDefect =
  | 'empty'
  | 'text'
  | 'unknown'
  | 'dos'
  | 'windows16'
  | 'windows-arm'
  | 'windows-other'
  | 'windows-library'
  | 'windows-installer'
  | 'windows-shortcut'
  | 'windows-damaged'
  | 'linux-other'
  | 'linux-library'
  | 'linux-damaged';

const DEFECTS: Readonly<Record<ProgramDefect, string>> = {
  empty: 'the file is empty',
  text: 'it is a text file, not a program',
  unknown: 'its first bytes are those of no program',
  dos: 'it is a DOS program',
  windows16: 'it is a 16-bit Windows program',
  'windows-arm': 'it is a Windows program for ARM',
  'windows-other': 'it is a Windows program for another processor',
  'windows-library': 'it is a Windows library (DLL), not a program',
  'windows-installer':
    'it is an installer package; the program is C:\\windows\\system32\\msiexec.exe, with /i, /qn and this file',
  'windows-shortcut': 'it is a shortcut; the program is the file it points to',
  'windows-damaged': 'its Windows program header is cut short',
  'linux-other': 'it is a Linux program for another processor',
  'linux-library': 'it is a Linux object file, not a program',
  'linux-damaged': 'its Linux program header is cut short',
};

export interface Explanation {
  /** What happened to what, and why: one sentence. */
  text: string;
  /** What to do about it. */
  hint: string;
}

/** The words of a problem. */
export function explain(problem: Problem): Explanation {
  switch (problem.code) {
    case 'SYSTEM_FILE_INVALID':
      return {
        text: problem.complaints.map((one) => `${problem.file}:${one.line}:${one.column}: ${one.message}`).join('\n'),
        hint: 'mend the system file; nothing was run',
      };
    case 'SYSTEM_FILE_UNWRITABLE':
      return {
        text: `${problem.file}: cannot be written: ${problem.error}`,
        hint: 'name another with -o, then shuttle infer the runs into it',
      };
    case 'SYSTEM_FILE_UNREADABLE':
      return {
        text: `${problem.file}: the system file cannot be read: ${problem.error}`,
        hint: 'give a system file; shuttle learn writes one',
      };
    case 'VM_UNKNOWN':
      return {
        text: `${problem.vm}: no such VM in this system, named by ${problem.said}${meant(problem.vm, problem.known)}`,
        hint: `VMs of this system: ${problem.known.join(', ')}`,
      };
    case 'VM_ORDER_CYCLE':
      return {
        text: `each VM waits for the next: ${problem.cycle.join(' after ')}`,
        hint: 'take one of them out of after',
      };
    case 'VM_DIED':
      return {
        text: `${problem.vm}: the VM ended with code ${problem.exit} while the run went on`,
        hint: 'its own output says why; shuttle query shows what it met',
      };
    case 'VM_NEVER_READY':
      return {
        text: `${problem.vm}: never ready: ${problem.ready} was not seen${problem.exit === null ? '' : `, and the VM ended with code ${problem.exit}`}`,
        hint: 'see its own output, or correct ready in the system file',
      };
    case 'MOUNT_MISSING':
      return {
        text: `${problem.from}: no such file or folder, to be shown at ${problem.to}`,
        hint: 'correct mounts in the system file',
      };
    case 'SETUP_FAILED':
      return {
        text: `${problem.vm}: setup failed with code ${problem.exit}: ${problem.command}`,
        hint: 'mend it, then shuttle vm reset and run again',
      };
    case 'USER_UNKNOWN':
      return {
        text: `${problem.user}: no such user on this machine`,
        hint: 'name one of /etc/passwd, or leave user out',
      };
    case 'USER_FORBIDDEN':
      return {
        text: `${problem.user}: only root may run a VM as another user`,
        hint: 'leave user out of the system file',
      };
    case 'RUN_UNKNOWN':
      return {
        text: `${problem.run}: no such run${offered(problem.near)}`,
        hint: 'give a run folder, or the id of a run under .shuttle/runs here',
      };
    case 'RUN_FOLDER_UNWRITABLE':
      return {
        text: `${problem.folder}: the run folder cannot be written: ${problem.error}`,
        hint: 'run where .shuttle/ can be made',
      };
    case 'RECORD_FAILED':
      return {
        text: `${problem.file}: the record could not be written: ${problem.error}`,
        hint: /EACCES|EPERM|EROFS/.test(problem.error)
          ? 'the run is torn and has to be finished: as its owner, or in a copy of its folder'
          : 'free some space; what was written before stays, and the run counts as incomplete',
      };
    case 'RUN_STILL_RECORDED':
      return {
        text: `${problem.folder}: process ${problem.pid} is still recording this run`,
        hint: 'wait until that run has ended',
      };
    case 'RUN_NOT_A_RUN':
      return {
        text: `${problem.folder}: not a run folder: ${problem.missing}`,
        hint: 'give a folder below .shuttle/runs, or a run id',
      };
    case 'RUN_FORMAT':
      return {
        text: `${problem.folder}: run format ${problem.format} is not known (this Shuttle knows ${problem.known})`,
        hint: 'read it with the Shuttle that recorded it, or a newer one',
      };
    case 'RUN_UNREADABLE':
      return {
        text: `${problem.file}: cannot be read: ${problem.error}`,
        hint: 'record the run again, or leave it out',
      };
    case 'RUN_COLUMN':
      return {
        text: `${problem.file}: no column ${problem.column} of type ${problem.type}`,
        hint: 'docs/run-format.md lists the columns of a run',
      };
    case 'RUN_WORD':
      return {
        text: `${problem.file}: ${problem.word} is no ${problem.column} that this Shuttle knows`,
        hint: 'read it with the Shuttle that recorded it, or a newer one; docs/run-format.md lists the words',
      };
    case 'RUN_TOO_VARIED':
      return {
        text: `${problem.file}: more different values of ${problem.column} than can be told apart`,
        hint: 'give fewer runs at a time',
      };
    case 'RUN_ID_TWICE':
      return {
        text: `${problem.folders.join(' and ')}: both say they are run ${problem.id}`,
        hint: 'give one of them',
      };
    case 'RUNS_NONE':
      return { text: 'no run was given', hint: 'give a run folder or a run id; shuttle learn records one' };
    case 'RUNS_MIXED':
      return {
        text: `the runs are of different systems: ${problem.systems.join(', ')}`,
        hint: 'give the runs of one system',
      };
    case 'TRACE_UNKNOWN':
      return {
        text: `${problem.file}: neither a run folder nor a trace that Shuttle reads`,
        hint: "it reads strace -f, audit logs with AppArmor's or SELinux's records, and MXC's denials.json",
      };
    case 'ROW_UNKNOWN':
      return {
        text: `${problem.run}: no interaction has the number ${problem.seq}`,
        hint: 'shuttle query RUN "select seq, op, verdict from interactions" lists them',
      };
    case 'QUESTION_FORM':
      return {
        text: `${problem.question}: ${(MISASKED[problem.wrong.wrong] as (wrong: Misasked) => string)(problem.wrong)}`,
        hint: "as in: shuttle why orders.shuttle.yaml 'app may tcp.connect db 127.0.0.1:5544'",
      };
    case 'REVIEW_NO_TERMINAL':
      return {
        text: `${problem.file}: a review needs a terminal`,
        hint: `without one: shuttle review ${problem.file} --list, then --accept 'needed=proven and risk<3' --refuse 'to=net'`,
      };
    case 'EXPRESSION_FORM':
      return {
        text: `${problem.expression}: ${problem.wrong}, at character ${problem.at + 1}`,
        hint: "as in 'needed=proven and risk<3'; docs/review.md lists the fields",
      };
    case 'EXPORT_OTHER_SYSTEM':
      return {
        text: `${problem.vms.join(', ')}: ${problem.target} confines ${problem.systems === 'windows' ? 'Windows' : 'Linux'} programs, which ${problem.vms.length === 1 ? 'this one is' : 'these are'} not`,
        hint: 'mxc, qrexec, cedar and json take both kinds; --vm names another VM',
      };
    case 'QUERY_FAILED':
      return {
        text: `the query failed: ${problem.error}`,
        hint: problem.rules
          ? 'tables: runs, interactions, payloads, processes, dependencies, edges, rules, rule_rows, phases; columns: .schema'
          : 'tables: runs, interactions, payloads, processes, dependencies, edges, and with --system also rules, rule_rows and phases; columns: .schema',
      };
    case 'ANSWER_UNWRITABLE':
      return {
        text: `${problem.file}: the answer cannot be written: ${problem.error}`,
        hint: 'name another file with -o',
      };
    case 'ANSWER_NOT_FOR_TERMINALS':
      return { text: `${problem.format} is not for terminals`, hint: 'name a file with -o (.output at the prompt)' };
    case 'DOT_COMMAND':
      return { text: `${problem.said}: ${problem.wrong}`, hint: problem.hint };
    case 'WINE_MISSING':
      return {
        text: `${problem.program}: a Windows program needs Wine, which is not installed`,
        hint: 'as an administrator: apt-get install wine wine64',
      };
    case 'WINE_32_MISSING':
      return {
        text: `${problem.program}: a 32-bit Windows program needs 32-bit Wine, which is not installed`,
        hint: 'as an administrator: dpkg --add-architecture i386 && apt-get update && apt-get install wine32:i386',
      };
    case 'WINE_BASE_FAILED':
      return {
        text: `the base prefix for ${problem.windows} could not be built: ${problem.step}: ${problem.error}`,
        hint: 'shuttle doctor says what this machine lacks; the next start tries again',
      };
    case 'WINDOWS_NAME_UNMAPPED':
      return {
        text: `${problem.name}: this Windows name is on no drive of the VM`,
        hint: "name it on C: (the VM's own drive) or Z: (its Linux folders)",
      };
    case 'VM_IN_USE':
      return {
        text: `${problem.vm}: this VM is in use by process ${problem.pid}`,
        hint: 'wait until that run has ended, or leave nothing behind with --ephemeral',
      };
    case 'LAYER_UNNAMED':
      return {
        text: 'no system file was named whose layers are to go',
        hint: 'name one, or give --gone for those of system files that are no longer there',
      };
    case 'LAYER_NONE':
      return {
        text: `${problem.file}: ${problem.vm === null ? 'its VMs have' : `the VM ${problem.vm} has`} no layer${problem.vm === null ? '' : meant(problem.vm, problem.known)}`,
        hint: 'shuttle vm list shows those there are',
      };
    case 'COMMIT_NO_PLACE':
      return {
        text: `${problem.path}: the VM's own C: has no place on the host`,
        hint: 'say where to put it: --to FOLDER',
      };
    case 'LAYER_UNWRITABLE':
      return {
        text: `${problem.folder}: the VM's layer cannot be written: ${problem.error}`,
        hint: 'set XDG_STATE_HOME to a folder on a local disk that you may write, or use --ephemeral',
      };
    case 'STATE_UNWRITABLE':
      return {
        text: `${problem.folder}: Shuttle's own state cannot be kept there: ${problem.error}`,
        hint: 'set XDG_STATE_HOME to a folder on a local disk that you may write',
      };
    case 'PROGRAM_NOT_FOUND':
      return { text: `${problem.program}: no such program`, hint: 'give a path, or a name that is on PATH' };
    case 'PROGRAM_NOT_EXECUTABLE':
      return {
        text: `${problem.program}: cannot be run: ${problem.reason}`,
        hint: 'give a Linux or Windows program file',
      };
    case 'PROGRAM_UNUSABLE':
      return {
        text: `${problem.program}: cannot be run: ${DEFECTS[problem.defect]}`,
        hint: 'give a program for x86-64 Linux, or for Windows on x86-64 or x86 (32-bit)',
      };
    case 'CWD_UNUSABLE':
      return {
        text: `${problem.folder}: the VM ${problem.vm} cannot start in this folder: ${problem.reason}`,
        hint: 'correct cwd in the system file',
      };
    case 'DISPLAY_SERVER_MISSING':
      return {
        text: `${problem.vm}: display: private needs the X server ${problem.server}, which is not installed`,
        hint: 'as an administrator: apt-get install xvfb; or leave display out: windows then exist unseen',
      };
    case 'DISPLAY_NOT_HERE':
      return {
        text: `${problem.vm}: display: host, but this session has no display (DISPLAY is not set)`,
        hint: 'start Shuttle in a graphical session, or use display: private',
      };
    case 'USERNS_DISABLED':
      return { text: 'user namespaces are off on this machine', hint: `set ${problem.sysctl} as an administrator` };
    case 'VM_START_FAILED':
      return {
        text: `${problem.vm}: the VM could not be built: ${problem.step}: ${problem.error}`,
        hint: 'shuttle doctor says what this machine lacks',
      };
  }
}

/** An expected failure, thrown to the command that will print it. */
export class ShuttleError extends Error {
  constructor(readonly problem: Problem) {
    super(explain(problem).text);
    this.name = 'ShuttleError';
  }
}
