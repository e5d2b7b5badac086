// What a recorded row asked, in the words of the rule table.
import type { Op } from '../../native/contract/words.js';
import type { BoundValues, Question } from '../../native/rules.js';
import type { RunInfo } from '../../tracer/record/run_info.js';
import type { Processes } from './processes.js';

/** One carried interaction. */
export interface Row {
  seq: number;
  ts: number;
  vm: string;
  pid: number;
  image: string | null;
  op: Op;
  object: string;
  peer: string | null;
  peerImage: string | null;
  access: number;
  detail: string | null;
  channel: number | null;
}

/** Operations whose rules may look into `detail`. */
const DETAILED = /^(program|document|service|rpc|com|window)[.]/;

export const looksIntoDetail = (op: string): boolean => DETAILED.test(op);

/** Which of the caller's own values the rules speak of: what no rule names need not be looked up. */
export interface Needs {
  variables: boolean;
  pids: boolean;
  startup: boolean;
}

/** How long a VM counts as starting (Vm::starting of the engine), in nanoseconds. */
const STARTING = 10e9;

/** Who serves a name, as far as the run shows: the host's pid of the program that last began to. */
export type FindServer = (vm: string, object: string) => number | null;

export function questionOf(
  row: Row,
  needs: Needs,
  info: RunInfo,
  processes: Processes,
  findServer: FindServer,
): Question {
  return {
    op: row.op,
    from: row.vm,
    fromImage: row.image,
    to: row.peer,
    toImage: row.peerImage,
    object: row.object,
    access: row.access,
    starting: needs.startup && row.ts - processes.began(row.vm) < STARTING,
    bindings: bindingsOf(row, needs, info, processes, findServer),
    ...(looksIntoDetail(row.op) ? detailOf(row.detail) : {}),
  };
}

function bindingsOf(row: Row, needs: Needs, info: RunInfo, processes: Processes, findServer: FindServer): BoundValues {
  // The tokens of a passed name are the receiver's, who looks it up.
  const whose = row.op === 'name.pass' && row.peer !== null ? row.peer : row.vm;
  const variables = needs.variables ? (info.vms[whose]?.variables ?? {}) : {};
  if (!needs.pids) return variables;
  const own = processes.find(row.vm, row.pid, row.ts);
  const server = row.peer === null ? null : findServer(row.peer, row.object);
  const peer = server === null ? null : processes.find(row.peer!, server, row.ts);
  return {
    ...variables,
    pid: own?.pid ?? '',
    'win.pid': own?.winPid ?? '',
    'peer.pid': peer?.pid ?? '',
    'peer.win.pid': peer?.winPid ?? '',
  };
}

/** Arguments without the program's own name, and what else a rule may ask for. */
function detailOf(text: string | null): Pick<Question, 'args' | 'operation' | 'message' | 'title'> {
  const detail = parse(text);
  const word = (value: unknown) => (value === undefined || value === null ? null : String(value));
  return {
    args: Array.isArray(detail.argv) ? detail.argv.slice(1).map(String) : null,
    operation: word(detail.operation),
    message: word(detail.message),
    title: word(detail.title),
  };
}

function parse(text: string | null): Record<string, unknown> {
  if (text === null) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {}; // cut off by the recorder's bound: what it said is not known
  }
}
