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

/** Finds a program by its VM, its pid on the host and the time: a pid may come twice. */
export type FindProcess = (vm: string, pid: number, ts: number) => Seen | null;

export function readProcesses(file: string): FindProcess {
  const lives = new Map<string, Life[]>();
  for (const columns of batchesOf(file)) {
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
    }
  }
  return (vm, pid, ts) => lives.get(`${vm}:${pid}`)?.find(({ started, ended }) => started <= ts && ts <= ended) ?? null;
}
