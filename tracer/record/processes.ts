// A process is recorded when it starts and again when it execs and ends; the finished table has one row for each.
import type { Batch } from './batch.js';
import { batchOfCells, type Cell, cellsOf } from './cells.js';
import { fieldsOf } from './schema.js';

/** kUnknownStart of native/engine/row.h: the last process of that pid is meant. */
const UNKNOWN_START = -(1n << 63n);
const NO_ARGV = Buffer.from('[]');

const fields = fieldsOf('processes');
const column = (name: string): number => fields.findIndex((field) => field.name === name);
const [VM, PID, VM_PID, STARTED, ARGV] = ['vm', 'pid', 'vm_pid', 'started', 'argv'].map(column) as [
  number,
  number,
  number,
  number,
  number,
];

/** One row per process, in the order of their starts; what a later row leaves empty keeps its earlier value. */
export function lastRows(batch: Batch): Batch {
  const byStart = new Map<string, Cell[]>();
  const byPid = new Map<string, Cell[]>();
  for (const cells of cellsOf(fields, batch)) {
    const pid = `${cells[VM]} ${cells[PID]}`;
    const known = cells[STARTED] !== UNKNOWN_START;
    const start = `${pid} ${cells[STARTED]}`;
    const before = known ? byStart.get(start) : byPid.get(pid);
    if (before) merge(before, cells);
    else {
      if (!known) cells[STARTED] = 0n;
      byStart.set(known ? start : `${pid} unknown`, cells);
      byPid.set(pid, cells);
    }
  }
  const rows = [...byStart.values()];
  for (const cells of rows) if ((cells[ARGV] as Uint8Array).length === 0) cells[ARGV] = NO_ARGV;
  return batchOfCells(fields, rows);
}

function merge(into: Cell[], later: readonly Cell[]): void {
  for (const [at, cell] of later.entries()) {
    const empty = cell === null || (at === VM_PID && cell === 0) || (at === ARGV && (cell as Uint8Array).length === 0);
    if (!empty && at !== STARTED) into[at] = cell;
  }
}
