// What run.json says of a run.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ShuttleError } from '../../native/contract/problem.js';
import { FORMAT } from '../../native/contract/words.js';

export interface RunVm {
  program: readonly string[];
  windows?: string | null;
  exit_code: number | null;
  variables: Readonly<Record<string, string>>;
}

export interface Ledger {
  seen: number;
  stored: number;
  lost: number;
}

/** run.json, as the design's section 6 has it. */
export interface RunInfo {
  format: number;
  shuttle: string;
  id: string;
  system: string;
  mode: 'allow' | 'deny' | 'enforce';
  started: string;
  duration_ms: number;
  outcome: string;
  exit_code: number | null;
  complete: boolean;
  host: { kernel: string; wine?: string | null; machine: string };
  vms: Readonly<Record<string, RunVm>>;
  ledger: Readonly<Record<string, Ledger>>;
}

/** Reads `folder`/run.json. Throws RUN_NOT_A_RUN, RUN_FORMAT or RUN_UNREADABLE. */
export function readRunInfo(folder: string): RunInfo {
  const file = join(folder, 'run.json');
  if (!existsSync(file)) throw new ShuttleError({ code: 'RUN_NOT_A_RUN', folder, missing: 'it has no run.json' });
  const info = parse(file);
  if (info.format !== FORMAT) {
    throw new ShuttleError({ code: 'RUN_FORMAT', folder, format: String(info.format), known: FORMAT });
  }
  if (typeof info.id !== 'string' || typeof info.system !== 'string') {
    throw new ShuttleError({ code: 'RUN_UNREADABLE', file, error: 'it has no id or no system' });
  }
  return info as RunInfo;
}

function parse(file: string): Partial<RunInfo> {
  try {
    const info: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof info === 'object' && info !== null) return info;
    throw new Error('it is no JSON object');
  } catch (error) {
    throw new ShuttleError({ code: 'RUN_UNREADABLE', file, error: (error as Error).message });
  }
}
