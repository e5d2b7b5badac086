// The pids of a run's programs as the programs themselves saw them.
import { batchesOf } from './rows.js';

interface Life {
  started: number;
  ended: number;
  pid: string;
  winPid: string;
}

export interface Seen {
  pid: string;
  winPid: string;
}

export interface Processes {
  /** A program by its VM, its pid on the host and the time: a pid may come twice. */
  find(vm: string, pid: number, ts: number): Seen | null;
  /** When the VM's first program started, in nanoseconds of the run; 0 where none is known. */
  began(vm: string): number;
}

export const NO_PROCESSES: Processes = { find: () => null, began: () => 0 };

export function readProcesses(file: string): Processes {
  const lives = new Map<string, Life[]>();
  const began = new Map<string, number>();
  for (const columns of batchesOf(file, 'processes')) {
    const vm = columns.text('vm');
    const [pid, vmPid, winPid] = [columns.numbers('pid'), columns.numbers('vm_pid'), columns.numbers('win_pid')];
    const [started, ended] = [columns.numbers('started'), columns.numbers('ended')];
    for (let row = 0; row < columns.rows; row++) {
      const key = `${vm(row)}:${pid(row)}`;
      const found = lives.get(key) ?? [];
      found.push({
        started: started(row) ?? 0,
        ended: ended(row) ?? Number.POSITIVE_INFINITY,
        pid: String(vmPid(row) ?? ''),
        winPid: String(winPid(row) ?? ''),
      });
      lives.set(key, found);
      began.set(vm(row)!, Math.min(began.get(vm(row)!) ?? Number.POSITIVE_INFINITY, started(row) ?? 0));
    }
  }
  return {
    find: (vm, pid, ts) =>
      lives.get(`${vm}:${pid}`)?.find(({ started, ended }) => started <= ts && ts <= ended) ?? null,
    began: (vm) => began.get(vm) ?? 0,
  };
}
