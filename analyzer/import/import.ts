// Others' traces as run folders, so that inference reads them as it reads its own. A trace is read line by line, and what
// it says goes into the run's columns at once.
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ShuttleError } from '../../native/contract/problem.js';
import { isAudit, readAudit } from './audit.js';
import { bitsOf, type Event, isBase, type Sink, type Started } from './event.js';
import { RunMaker } from './folder.js';
import { headOf, linesOf } from './lines.js';
import { isMxcLines, maybeMxc, readMxc, readMxcLines } from './mxc.js';
import { isStrace, readStrace } from './strace.js';

const HEAD = 65_536;
const SOMEBODY = 'app';

/**
 * Writes the trace in `file` as a run folder below `base` and gives its path. `system` names the system; a file's place
 * among the others makes the run's id. Throws TRACE_UNKNOWN where the file is no trace that Shuttle knows.
 */
export async function importTrace(file: string, base: string, place: number, system: string): Promise<string> {
  const run = new Imported(file);
  const hash = createHash('sha256');
  const kind = read(file, run, (bytes) => hash.update(bytes));
  if (kind === null) throw new ShuttleError({ code: 'TRACE_UNKNOWN', file });
  const folder = join(base, String(place));
  const id = `import-${String(place).padStart(5, '0')}-${hash.digest('hex').slice(0, 8)}`;
  const started = statSync(file).mtime.toISOString();
  const { refused, unreadable } = run;
  const said = { id, system, started, vms: run.vms(kind === 'windows') };
  await run.made.write(folder, { ...said, mode: refused ? 'deny' : 'allow', complete: unreadable === 0 });
  return folder;
}

/** Tells the run what the file says, and gives whose names these are; null where it is no trace. */
function read(file: string, run: Imported, saw: (bytes: Uint8Array) => void): 'windows' | 'linux' | null {
  const head = headOf(file, HEAD);
  const lines = linesOf(file, saw);
  if (isMxcLines(head)) {
    readMxcLines(lines, run);
    return 'windows';
  }
  if (maybeMxc(head)) {
    const bytes = readFileSync(file);
    saw(bytes);
    if (readMxc(bytes.toString(), run)) return 'windows';
  }
  if (!isAudit(head) && isStrace(head)) {
    readStrace(lines, run);
    return 'linux';
  }
  // Its records may begin anywhere in a log.
  readAudit(lines, run);
  return run.isEmpty ? null : 'linux';
}

interface Told {
  vm: string;
  /** What its files are named by that it made itself. */
  own: Set<string>;
  program: readonly string[] | null;
  image: string | null;
}

/** The run that a trace becomes while it is read. */
class Imported implements Sink {
  readonly made = new RunMaker();
  refused = false;
  unreadable = 0;
  private readonly told = new Map<string, Told>();

  constructor(private readonly file: string) {}

  get isEmpty(): boolean {
    return this.made.rows === 0;
  }

  event(who: string, event: Event): void {
    const of = this.of(who);
    of.image ??= event.image ?? null;
    this.refused ||= event.worked === null;
    addRow(this.made, of, event);
  }

  program(who: string, { pid, parent, image, argv, ts }: Started): void {
    const of = this.of(who);
    of.program ??= [image, ...argv.slice(1)];
    this.made.process({ vm: of.vm, pid, vm_pid: pid, parent, image, argv: JSON.stringify(argv), started: ts });
  }

  unread(): void {
    this.unreadable++;
  }

  vms(windows: boolean) {
    const version = windows ? { windows: 'win10' } : {};
    if (this.told.size === 0) this.of(SOMEBODY);
    const programOf = ({ program, image }: Told) => [...(program ?? [image ?? basename(this.file)])];
    return Object.fromEntries(
      [...this.told.values()].map((one) => [
        one.vm,
        { program: programOf(one), exit_code: null, variables: {}, ...version },
      ]),
    );
  }

  private of(who: string): Told {
    const known = this.told.get(who);
    if (known !== undefined) return known;
    const taken = [...this.told.values()].map(({ vm }) => vm);
    const made: Told = { vm: vmName(who, taken), own: new Set(), program: null, image: null };
    this.told.set(who, made);
    return made;
  }
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

const CHANGES = new Set(['file.write', 'file.create', 'file.delete']);

function addRow(made: RunMaker, { vm, own }: Told, event: Event): void {
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

/** What a learning VM would have made of it. */
function verdictOf({ op, object, worked, absent }: Event, own: ReadonlySet<string>): string {
  if (absent) return 'absent';
  if (/^(file|library|program)\./.test(op) && (own.has(object) || (isBase(object) && !CHANGES.has(op))))
    return 'passed';
  if (worked === null) return 'blocked';
  return CHANGES.has(op) ? 'redirected' : 'shuttled';
}
