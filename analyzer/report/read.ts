// What a report shows, asked of the runs in SQL; everything comes in an order that depends on the runs' contents alone.
import type { InteractionClass, Op, Verdict } from '../../native/contract/words.js';
import { loadRuns } from '../load/load.js';
import { loadRules } from '../load/rules.js';
import { withScratch } from '../load/scratch.js';
import type { ExistingRule } from '../rule.js';
import { sql } from '../sql.js';

export interface Crossing {
  vm: string;
  image: string | null;
  class: InteractionClass;
  op: Op;
  place: string;
  peer_image: string | null;
  name: string;
  verdict: Verdict;
  rule: string | null;
  times: number;
  runs: number;
  first: string | null;
  last: string | null;
}

export interface Moment {
  run: string;
  vm: string;
  verdict: Verdict;
  /** Of 120. */
  bin: number;
  times: number;
  /** Nanoseconds of the run. */
  span: number;
}

export interface CurvePoint {
  run: string;
  /** What the run met, what of it no earlier run had, and what is known by then. */
  seen: number;
  fresh: number;
  known: number;
}

export interface ReportRow {
  rule: string;
  run: string;
  seq: number;
  vm: string;
  pid: number;
  image: string | null;
  op: Op;
  name: string;
  peer: string | null;
  verdict: Verdict;
  status: number;
  source: string;
  at: string | null;
}

export interface ReportRun {
  run: string;
  mode: string;
  started: string;
  duration_ms: number | null;
  outcome: string;
  complete: boolean;
  lost: number;
  interactions: number;
  blocked: number;
}

export interface Recorded {
  runs: ReportRun[];
  crossings: Crossing[];
  moments: Moment[];
  curve: CurvePoint[];
  evidence: ReportRow[];
}

export const NOTHING_RECORDED: Recorded = { runs: [], crossings: [], moments: [], curve: [], evidence: [] };

/** Rows of evidence for each rule. */
const MOST_ROWS = 5;

/** Throws what `loadRuns` throws. */
export function readRecorded(folders: readonly string[], rules: readonly ExistingRule[]): Promise<Recorded> {
  return withScratch(folders, async (database) => {
    await loadRuns(database, folders, { tables: ['interactions', 'processes'] });
    await loadRules(database, rules);
    return {
      runs: await database.all<ReportRun>(sql('report/runs')),
      crossings: await database.all<Crossing>(sql('report/crossings')),
      moments: await database.all<Moment>(sql('report/timeline')),
      curve: await database.all<CurvePoint>(sql('report/curve')),
      evidence: await database.all<ReportRow>(sql('report/evidence'), { most: MOST_ROWS }),
    };
  });
}
