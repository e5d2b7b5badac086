// Single interactions of recorded runs, as evidence for a person: those of a rule, and those of a name.

import type { Group } from '../grammar/names.js';
import { readGroups } from '../grammar/read_groups.js';
import type { Database } from '../load/duck.js';
import { type LoadedRun, loadRuns } from '../load/load.js';
import { loadRules } from '../load/rules.js';
import { withScratch } from '../load/scratch.js';
import type { ExistingRule } from '../rule.js';
import { sql } from '../sql.js';

export interface EvidenceRow {
  run: string;
  seq: number;
  /** Nanoseconds of the run. */
  ts: number;
  /** Time of day, UTC. */
  at: string;
  vm: string;
  pid: number;
  image: string | null;
  op: string;
  object: string;
  peer: string | null;
  verdict: string;
  status: number;
  source: string;
  channel: number | null;
  detail: string | null;
}

export interface MessageHead {
  ts: number;
  /** 0 out of the VM that opened the channel, 1 into it. */
  direction: number;
  size: number;
  /** Bytes as DuckDB prints them: printable ASCII, and `\xNN`. */
  bytes: string;
}

export class Evidence {
  constructor(
    private readonly database: Database,
    readonly runs: readonly LoadedRun[],
  ) {}

  /** The interactions that the rule stands for. */
  ofRule(rule: string, most: number): Promise<EvidenceRow[]> {
    return this.database.all<EvidenceRow>(sql('explain/rule_evidence'), { rule, most });
  }

  /** What a VM asked of a name; `fold` compares as Windows does. */
  ofName(asked: { vm: string; op: string; name: string; fold: boolean }, most: number): Promise<EvidenceRow[]> {
    return this.database.all<EvidenceRow>(sql('explain/name_evidence'), { ...asked, most });
  }

  messages(run: string, channel: number, most: number): Promise<MessageHead[]> {
    return this.database.all<MessageHead>(sql('explain/message_heads'), { run, channel, most });
  }

  /** Every name that crossed the wall, in groups of who reached whom by what. */
  names(): Promise<Group[]> {
    return readGroups(this.database);
  }
}

/** Loads runs beside a system file's rules for as long as `use` takes. Throws what `loadRuns` throws. */
export function withEvidence<T>(
  folders: readonly string[],
  rules: readonly ExistingRule[],
  use: (evidence: Evidence) => Promise<T>,
): Promise<T> {
  return withScratch(folders, async (database) => {
    const runs = await loadRuns(database, folders);
    await loadRules(database, rules);
    return use(new Evidence(database, runs));
  });
}
