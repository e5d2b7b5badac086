// The words of every problem, for people.
import { MISASKED, type Misasked } from './misasked.js';
import { meant, offered } from './near.js';
import type { Problem } from './problem.js';
import { DEFECTS } from './program_defect.js';

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
        text: `${problem.file}: the system file cannot be read: ${problem.error}${offered(problem.near)}`,
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
