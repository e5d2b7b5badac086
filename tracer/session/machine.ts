// Runs systems on this machine: the session's ports with the real things behind them.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { addon, initFile } from '../../native/engine.js';
import type { NativeRecorder } from '../../native/recorder.js';
import { madeInState } from '../vm/state.js';
import { layerOwner } from './held_place.js';
import { mayMeetBuses } from './may_meet_buses.js';
import type { Identity } from './person.js';
import type { CheckedRun, Ports } from './ports.js';
import { prepareVm } from './prepare.js';
import { openRunLog } from './run_log.js';
import { type Running, runSystem } from './session.js';
import { openStdio } from './stdio.js';
import type { RunRequest, System } from './system.js';
import { after } from './timer.js';

export interface Telling {
  /** What takes long. */
  progress(text: string): void;
  /** What cannot be had, though the run goes on. */
  remark(text: string): void;
}

/** Starts a run on this machine. */
export function startRun(request: RunRequest, telling: Telling): Running {
  return runSystem(request, machinePorts(request, telling));
}

function machinePorts(request: RunRequest, { progress, remark }: Telling): Ports {
  let recorder: NativeRecorder | null = null;
  let bus: typeof import('./buses.js') | null = null;
  const terminals = meetingOf(request.system);
  const meeting = request.system.vms.filter((vm) => mayMeetBuses(vm, request));
  return {
    engine: (spec, log, onEvent) => {
      recorder = log.native as NativeRecorder;
      const rules = [...spec.rules, ...(bus?.rulesForBuses(meeting) ?? [])];
      const options = { ...spec, rules, init: initFile(), meeting: terminals };
      return new (addon().Engine)(options, recorder, onEvent);
    },
    log: async (asked, id) => {
      if (meeting.length > 0) bus = await import('./buses.js');
      return openRunLog(asked, id);
    },
    plan: (vm, asked) => {
      const buses = async (who: Identity) =>
        recorder && bus && meeting.includes(vm) ? bus.busesOf(vm, asked, who, recorder, remark) : null;
      return prepareVm(vm, asked, { progress, buses });
    },
    stdio: (options) => openStdio(options, addon()),
    check: runCheck,
    signal: (pid, name) => {
      try {
        process.kill(pid, name);
      } catch {
        // gone already
      }
    },
    now: () => Date.now(),
    after,
  };
}

/**
 * Where the terminals that run one system's VMs find each other; the engine makes the folder, and takes it away again.
 * Throws STATE_UNWRITABLE.
 */
function meetingOf(system: System): string {
  const owner = layerOwner(system);
  const hash = createHash('sha256').update(owner).digest('hex').slice(0, 12);
  return join(madeInState(), `meeting-${basename(owner).split('.')[0]}-${hash}`);
}

/** On the host, by the shell, in the system's folder; a check that a signal ended has failed. */
function runCheck(command: string, { folder, run, layers, quiet }: CheckedRun): Promise<number> {
  const env = { ...process.env, SHUTTLE_RUN: run, SHUTTLE_LAYERS: JSON.stringify(layers) };
  const child = spawn('/bin/sh', ['-c', command], { cwd: folder, env, stdio: ['ignore', quiet ? 2 : 1, 2] });
  return new Promise((resolve) => {
    child.on('error', () => resolve(127));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
