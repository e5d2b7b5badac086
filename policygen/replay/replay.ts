// What the rules of a system file would have done to recorded runs, without running anything.
import { join } from 'node:path';
import { piecesOf } from '../../analyzer/handed/pieces.js';
import { type LoadedRun, openRuns } from '../../analyzer/load/load.js';
import { matcher } from '../../analyzer/pattern/match.js';
import { type CompiledRule, OWN_RULE } from '../../native/contract/rules.js';
import { classOfOp, type Op } from '../../native/contract/words.js';
import { addon } from '../../native/engine.js';
import type { Answer, NativeRuleTable } from '../../native/rules.js';
import { type CompileOptions, compileSystem } from '../compile.js';
import type { SystemFile } from '../file/model.js';
import { Handed, hasCarriers, isPass } from './handed.js';
import { NO_PROCESSES, readProcesses } from './processes.js';
import { looksIntoDetail, type Needs, questionOf, type Row } from './question.js';
import { batchesOf, type Columns } from './rows.js';

export interface BlockedRow {
  run: string;
  seq: number;
  op: string;
  object: string;
  from: string;
  to: string | null;
}

/** What `replay --json` prints (design, section 8). */
export interface Replay {
  runs: number;
  /** Interactions that were carried: those that a rule has to allow. */
  interactions: number;
  blocked: BlockedRow[];
  /** Permissions that no carried interaction needed. */
  unused_rules: string[];
}

/** Decides every carried interaction of the runs anew. Throws what opening and reading a run throws. */
export async function replayRuns(
  file: SystemFile,
  folders: readonly string[],
  options: CompileOptions = {},
): Promise<Replay> {
  const rules = compileSystem(file, options);
  const table = new (addon().RuleTable)(rules);
  const runs = await openRuns(folders);
  const made: Replay = { runs: runs.length, interactions: 0, blocked: [], unused_rules: [] };
  const used = new Set<string>();
  for (const run of runs) replayRun(run, table, rules, made, used);
  const allowing = rules.filter((rule) => rule.allow && !used.has(rule.id)).map((rule) => rule.id);
  made.unused_rules = [...new Set(allowing)];
  return made;
}

function needsOf(rules: readonly CompiledRule[]): Needs {
  const patterns = rules.flatMap((rule) => [rule.object, ...(rule.args ?? [])]);
  const tokens = patterns.flat().flatMap((part) => (typeof part === 'string' ? [] : [part.token]));
  return {
    variables: tokens.length > 0,
    pids: tokens.some((token) => /pid$/.test(token)),
    startup: rules.some((rule) => rule.phase !== null),
  };
}

function replayRun(
  run: LoadedRun,
  table: NativeRuleTable,
  rules: readonly CompiledRule[],
  made: Replay,
  used: Set<string>,
): void {
  const decider = deciderOf(run, table, rules);
  for (const columns of batchesOf(join(run.folder, 'interactions.arrow'), 'interactions')) {
    decider.note(columns);
    for (const row of carried(columns)) {
      const answer = decider.decide(row);
      made.interactions++;
      if (answer?.allow === true) used.add(answer.rule);
      else
        made.blocked.push({
          run: run.info.id,
          seq: row.seq,
          op: row.op,
          object: row.object,
          from: row.vm,
          to: row.peer,
        });
    }
  }
}

/** What decides a run's rows: each batch has to be noted before its rows are asked about. */
export interface Decider {
  note(columns: Columns): void;
  decide(row: Row): Answer | null;
}

export function deciderOf(
  { folder, info }: LoadedRun,
  table: NativeRuleTable,
  rules: readonly CompiledRule[],
): Decider {
  const needs = needsOf(rules);
  const timed = needs.pids || needs.startup;
  const processes = timed ? readProcesses(join(folder, 'processes.arrow')) : NO_PROCESSES;
  const servers = new Map<string, number>();
  const findServer = (vm: string, object: string) => servers.get(`${vm} ${object}`) ?? null;
  const known = new Map<string, Answer | null>();
  const plainly = (row: Row): Answer | null => {
    const key = keyOf(row, needs);
    const before = known.get(key);
    if (before !== undefined) return before;
    const answer = table.decide(questionOf(row, needs, info, processes, findServer));
    known.set(key, answer);
    return answer;
  };
  const handed = hasCarriers(rules) ? handedIn(folder, rules, plainly) : null;
  const decide = (row: Row): Answer | null => {
    const given = handed === null ? [] : handed.given(row.vm, row.object, row.ts);
    if (given.length === 0) return plainly(row);
    return table.decide({ ...questionOf(row, needs, info, processes, findServer), given });
  };
  const note = (columns: Columns) => {
    if (needs.pids) noteServers(columns, servers);
  };
  return { note, decide };
}

/**
 * Reads a run's messages beforehand. A channel whose own name was given is known only once what gave it is, so channels
 * of such rules are taken by their name alone.
 */
function handedIn(folder: string, rules: readonly CompiledRule[], decide: (row: Row) => Answer | null): Handed {
  const handed = new Handed();
  const carriers = new Set(rules.map(({ carrier }) => carrier));
  const receivers = new Map(rules.filter(isPass).map(({ from, fold }) => [from, fold]));
  const looked = new Map<string, { names: Set<string>; fold: boolean }>();
  for (const columns of batchesOf(join(folder, 'interactions.arrow'), 'interactions')) {
    for (const row of carried(columns)) {
      if (receivers.has(row.vm)) {
        const names = looked.get(row.vm) ?? { names: new Set(), fold: receivers.get(row.vm)! };
        names.names.add(row.object);
        looked.set(row.vm, names);
      }
      if (classOfOp(row.op) === 'invocation' && row.peer !== null)
        handed.start(row.vm, row.peer, row.ts, row.object, row.detail);
      if (row.channel === null || row.peer === null) continue;
      const rule = decide(row) ?? givenRule(row, rules);
      if (rule !== null && carriers.has(rule.rule))
        handed.open(row.channel, rule.rule, { vm: row.vm, peer: row.peer, op: row.op, name: row.object });
    }
  }
  handed.listen(folder, looked);
  return handed;
}

/** The rule with a given value that would have a name if the value had come. */
function givenRule(row: Row, rules: readonly CompiledRule[]): { rule: string } | null {
  const found = rules.find((rule) => {
    if (!rule.ops.includes(row.op) || rule.from !== row.vm || rule.to !== row.peer) return false;
    if (!rule.object.some((part) => typeof part !== 'string' && part.token === 'given')) return false;
    const pieces = [...piecesOf(row.object)];
    return matcher(rule.object, () => pieces, rule.fold)(row.object);
  });
  return found === undefined ? null : { rule: found.id };
}

/** Rows alike in this are decided alike. */
function keyOf(row: Row, needs: Needs): string {
  const who = needs.pids || needs.startup ? `${row.pid}@${row.ts}` : '';
  const detail = looksIntoDetail(row.op) ? row.detail : '';
  return JSON.stringify([row.vm, row.image, row.op, row.object, row.peer, row.peerImage, row.access, who, detail]);
}

/** Rows of a batch that crossed the wall. What stayed inside needs no rule, nor does what Shuttle's own carried. */
function* carried(columns: Columns): Generator<Row> {
  const [verdict, vm, peer] = [columns.text('verdict'), columns.text('vm'), columns.text('peer')];
  const rule = columns.text('rule');
  const read = rowAt(columns);
  for (let row = 0; row < columns.rows; row++) {
    const crossed = verdict(row) === 'shuttled' && peer(row) !== vm(row);
    if (crossed && rule(row)?.startsWith(OWN_RULE) !== true) yield read(row);
  }
}

/** Reads rows of a batch by their place in it. */
export function rowAt(columns: Columns): (row: number) => Row {
  const text = (name: string) => columns.text(name);
  const [vm, image, op, object] = [text('vm'), text('image'), text('op'), text('object')];
  const [peer, peerImage, detail] = [text('peer'), text('peer_image'), text('detail')];
  const [seq, ts] = [columns.numbers('seq'), columns.numbers('ts')];
  const [pid, access, channel] = [columns.numbers('pid'), columns.numbers('access'), columns.numbers('channel')];
  return (row) => ({
    seq: seq(row)!,
    ts: ts(row)!,
    vm: vm(row)!,
    pid: pid(row) ?? 0,
    image: image(row),
    op: op(row) as Op,
    object: object(row)!,
    peer: peer(row),
    peerImage: peerImage(row),
    access: access(row) ?? 0,
    detail: detail(row),
    channel: channel(row),
  });
}

function noteServers(columns: Columns, servers: Map<string, number>): void {
  const [vm, op, object] = [columns.text('vm'), columns.text('op'), columns.text('object')];
  const pid = columns.numbers('pid');
  for (let row = 0; row < columns.rows; row++)
    if (/[.](serve|create)$/.test(op(row)!)) servers.set(`${vm(row)} ${object(row)}`, pid(row) ?? 0);
}
