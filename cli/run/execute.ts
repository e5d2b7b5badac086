import { startRun } from '../../tracer/session/machine.js';
import type { RunRequest, RunResult } from '../../tracer/session/system.js';
import { interruptible } from '../interrupt.js';
import { note, progress } from '../print.js';

/** Runs a system on this machine, ended by Ctrl-C. What ended it other than by itself is told. */
export async function execute(request: RunRequest): Promise<RunResult> {
  const running = startRun(request, { progress, remark: note });
  const result = await interruptible(running.result, () => running.interrupt());
  if (result.outcome === 'timeout') note(`ended after ${request.timeout} s: the time was up`);
  if (result.outcome === 'failed' && result.checkFailed) note(`the check failed: ${request.system.check}`);
  for (const remark of result.remarks) note(remark);
  if (!result.complete) note(`the record of this run is not complete: ${result.folder}`);
  return result;
}
