// The tables that `shuttle query` asks, with what each column says. `.schema`, the help and docs/query.md are made of this,
// and a test holds it against what DuckDB has.

export type PublishedColumn = readonly [name: string, says: string];

export interface PublishedTable {
  says: string;
  /** There only where a system file is given. */
  ofRules?: true;
  /** Made when a question first names it, since that costs as much as inferring does. */
  concluded?: true;
  columns: readonly PublishedColumn[];
}

const RUN: PublishedColumn = ['run', 'the id of the run'];

export const PUBLISHED: Readonly<Record<string, PublishedTable>> = {
  runs: {
    says: 'one row for each run: what its run.json says',
    columns: [
      ['code', 'its place among the runs given, from 1'],
      RUN,
      ['folder', 'the run folder'],
      ['format', 'number of the format'],
      ['shuttle', 'version that recorded it'],
      ['system', 'name of the system'],
      ['mode', 'allow, deny or enforce'],
      ['started', 'when, as text in UTC'],
      ['duration_ms', 'how long, in milliseconds'],
      ['outcome', 'ok, failed, timeout, interrupted or torn'],
      ['exit_code', 'the exit code; null where Shuttle itself failed'],
      ['complete', 'false after any loss or tear'],
      ['kernel', 'version of the kernel'],
      ['wine', 'version of Wine; null without'],
      ['machine', 'kind of processor'],
    ],
  },
  interactions: {
    says: 'one row for each attempt to reach something by name or address',
    columns: [
      RUN,
      ['seq', 'order of recording, from 0'],
      ['ts', 'nanoseconds since the run began'],
      ['vm', 'the VM that reached out'],
      ['pid', 'process, as the host sees it'],
      ['tid', 'thread, as the host sees it'],
      ['image', "the program's file"],
      ['op', 'the operation: tcp.connect, file.read, …'],
      ['object', 'the name or address; in SQL write "object" in quotes where it is an alias'],
      ['effective', 'the name it became, where that differs'],
      ['peer', 'the other end: a VM, host or net'],
      ['peer_image', "the other end's program, where known"],
      ['access', 'read 1, write 2, execute 4, create 8, delete 16, added up'],
      ['verdict', 'passed, redirected, shuttled, blocked or absent'],
      ['status', 'errno, or NTSTATUS for Windows calls; 0 is success'],
      ['rule', 'id of the rule that decided'],
      ['latency', 'nanoseconds that deciding and carrying took'],
      ['parent', 'seq of the interaction that caused it'],
      ['channel', 'its messages: key into payloads'],
      ['source', 'engine, seen, agent or dock: who vouches for it'],
      ['detail', 'more of it as JSON: argv, title, bytes_out, …'],
      ['noise', 'why it is of no interest: loader, locale, …; null where it may be'],
    ],
  },
  payloads: {
    says: 'one row for each message or chunk that a channel carried, as much as was kept',
    columns: [
      RUN,
      ['channel', 'the channel, as in interactions'],
      ['ts', 'nanoseconds since the run began'],
      ['direction', '0 out of the VM whose row opened the channel, 1 into it'],
      ['size', 'bytes of the whole message'],
      ['bytes', 'its beginning, or all of it, or nothing'],
    ],
  },
  processes: {
    says: 'one row for each process of a VM',
    columns: [
      RUN,
      ['vm', 'the VM it ran in'],
      ['pid', 'as the host saw it; may come twice'],
      ['vm_pid', 'as the VM saw it'],
      ['win_pid', 'as Windows programs saw it'],
      ['parent', 'pid of the process that started it'],
      ['image', 'its program file'],
      ['argv', 'its arguments as JSON'],
      ['started', 'nanoseconds since the run began'],
      ['ended', 'the same; null where it never ended'],
      ['exit', 'its exit code'],
    ],
  },
  dependencies: {
    says: 'what each VM needs to be there: concluded from all the runs',
    concluded: true,
    columns: [
      ['from_vm', 'who needs it'],
      ['to_place', 'who has it; null where nobody had'],
      ['op', 'the operation'],
      ['name', 'what it is called'],
      ['needed', 'required, optional (runs did well without) or missing'],
      ['awaited', 'some run tried in vain until it appeared'],
    ],
  },
  edges: {
    says: 'who reached which VM by what, and what the other had made for it',
    concluded: true,
    columns: [
      RUN,
      ['from_vm', 'who reached out'],
      ['to_vm', 'whom'],
      ['op', 'the operation'],
      ['name', 'what it is called'],
      ['first_ts', 'nanoseconds from the beginning of the run to the first time'],
      ['worked', 'it was carried'],
      ['served_op', 'how the other end came to be; null where it was not seen'],
      ['served_name', 'under which name'],
      ['served_ts', 'when'],
    ],
  },
  rules: {
    says: 'one row for each rule of the system file',
    ofRules: true,
    columns: [
      ['id', 'its id'],
      ['allow', 'operations, a list'],
      ['from', 'who reaches out; in SQL write "from"'],
      ['to', 'whom; in SQL write "to"'],
      ['object', 'the pattern'],
      ['state', 'proposed, accepted or refused'],
      ['needed', 'proven, seen, optional or unknown'],
      ['note', "the reviewer's note"],
      ['carrier', 'what its given value or name must have come over'],
      ['phase', 'startup, where it is for that time alone'],
    ],
  },
  rule_rows: {
    says: 'which interactions justify which rule',
    ofRules: true,
    columns: [['rule', 'id of the rule'], RUN, ['seq', 'the interaction, as in interactions']],
  },
  phases: {
    says: 'when in the life of its VM each rule was used',
    ofRules: true,
    columns: [
      ['rule', 'id of the rule'],
      ['phase', 'startup, end or throughout'],
    ],
  },
};

/** Tables that are made when a question first names them. */
export const CONCLUDED = Object.keys(PUBLISHED).filter((name) => PUBLISHED[name]!.concluded === true);

/** The tables there are, with a system file's rules or without. */
export const publishedNames = (withRules: boolean): string[] =>
  Object.keys(PUBLISHED).filter((name) => withRules || PUBLISHED[name]!.ofRules !== true);
