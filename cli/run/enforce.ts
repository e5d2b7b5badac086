import { compileSystem } from '../../policygen/compile.js';
import { readSystemFile } from '../../policygen/file/parse.js';
import type { RunRequest } from '../../tracer/session/system.js';
import { document } from '../print.js';
import type { EnforceOptions } from '../run.js';
import { blockedIn, tellBlocked } from './blocked.js';
import { execute } from './execute.js';

/** Runs a system under its rules; the main program's exit code. */
export async function enforce(file: string, options: EnforceOptions): Promise<number> {
  const described = readSystemFile(file);
  const rules = compileSystem(described, { acceptedOnly: options.acceptedOnly === true });
  const request: RunRequest = {
    system: described.system,
    rules,
    mode: 'enforce',
    audit: options.audit === true,
    payload: options.payload ?? 'none',
    expose: [],
    timeout: options.timeout ?? 0,
    ephemeral: options.ephemeral === true,
    only: options.vm ?? null,
    quietOutput: options.json === true,
  };
  const result = await execute(request);
  const blocked = await blockedIn(result.folder);
  if (options.json) document({ run: result.folder, outcome: result.outcome, exit_code: result.exitCode, blocked });
  else tellBlocked(blocked);
  return result.exitCode;
}
