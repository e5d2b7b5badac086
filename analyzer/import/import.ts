// Others' traces as run folders, so that inference reads them as it reads its own.
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ShuttleError } from '../../native/contract/problem.js';
import { isAudit, readAudit } from './audit.js';
import { bitsOf, type Event, isBase, type Trace } from './event.js';
import { RunMaker } from './folder.js';
import { isMxc, readMxc } from './mxc.js';
import { isStrace, readStrace } from './strace.js';

const HEAD = 65_536;

/**
 * Writes the trace in `file` as a run folder below `base` and gives its path. `system` names the system; a file's place
 * among the others makes the run's id. Throws TRACE_UNKNOWN where the file is no trace that Shuttle knows.
 */
export async function importTrace(file: string, base: string, place: number, system: string): Promise<string> {
  const text = readFileSync(file, 'utf8');
  const traces = tracesOf(text);
  if (traces === null || traces.size === 0) throw new ShuttleError({ code: 'TRACE_UNKNOWN', file });
  const folder = join(base, String(place));
  const made = new RunMaker();
  const vms: Record<
    string,
    { program: string[]; exit_code: null; variables: Record<string, string>; windows?: string }
  > = {};
  let unread = 0;
  for (const [name, trace] of traces) {
    const vm = vmName(name, Object.keys(vms));
    vms[vm] = {
      program: programOf(trace, file),
      exit_code: null,
      variables: {},
      ...(trace.windows ? { windows: 'win10' } : {}),
    };
    fill(made, vm, trace);
    unread += trace.unread;
  }
  const refused = [...traces.values()].some(({ events }) => events.some(({ worked }) => worked === null));
  const id = `import-${String(place).padStart(5, '0')}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
  const started = statSync(file).mtime.toISOString();
  await made.write(folder, { id, system, started, vms, mode: refused ? 'deny' : 'allow', complete: unread === 0 });
  return folder;
}

function tracesOf(text: string): Map<string, Trace> | null {
  const head = text.slice(0, HEAD);
  if (isMxc(text)) return new Map([['app', readMxc(text)]]);
  if (isAudit(head) || isAudit(text)) return readAudit(text);
  return isStrace(head) ? new Map([['app', readStrace(text)]]) : null;
}

/** A profile's name as a VM's: `/usr/bin/man` becomes `man`. */
function vmName(name: string, taken: readonly string[]): string {
  const plain = basename(name)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 40);
  const base = plain === '' || plain === 'host' || plain === 'net' ? `app-${plain}`.replace(/-$/, '') : plain;
  for (let n = 1; ; n++) {
    const one = n === 1 ? base : `${base}-${n}`;
    if (!taken.includes(one)) return one;
  }
}

const programOf = ({ programs, events }: Trace, file: string): string[] => {
  const [first] = programs;
  if (first !== undefined) return [first.image, ...first.argv.slice(1)];
  return [events.find(({ image }) => image != null)?.image ?? basename(file)];
};

const CHANGES = new Set(['file.write', 'file.create', 'file.delete']);

function fill(made: RunMaker, vm: string, { events, programs }: Trace): void {
  for (const { pid, parent, image, argv, ts } of programs)
    made.process({ vm, pid, vm_pid: pid, parent, image, argv: JSON.stringify(argv), started: ts });
  const own = new Set<string>();
  for (const event of events) {
    const { op, object, peer, access, pid, ts, image, status, detail } = event;
    const verdict = verdictOf(event, own);
    if (op === 'file.create' && verdict === 'redirected') own.add(object);
    made.interaction({
      vm,
      pid,
      tid: pid,
      ts,
      op,
      object,
      verdict,
      image: image ?? null,
      peer: verdict === 'absent' ? null : verdict === 'passed' ? vm : peer,
      access: bitsOf(access),
      status: status ?? 0,
      source: 'seen',
      detail: detail === undefined ? null : JSON.stringify(detail),
    });
  }
}

/** What a learning VM would have made of it. */
function verdictOf({ op, object, worked, absent }: Event, own: ReadonlySet<string>): string {
  if (absent) return 'absent';
  if (/^(file|library|program)\./.test(op) && (own.has(object) || (isBase(object) && !CHANGES.has(op))))
    return 'passed';
  if (worked === null) return 'blocked';
  return CHANGES.has(op) ? 'redirected' : 'shuttled';
}
