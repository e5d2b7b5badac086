// What run.json says of each run, as rows. All go in at once: ten thousand runs are ten thousand rows, not statements.
import { sql } from '../sql.js';
import type { Database } from './duck.js';
import type { LoadedRun } from './load.js';

type Cell = string | null;

const text = (value: string | number | boolean | null | undefined): Cell =>
  value === null || value === undefined ? null : String(value);

/** Fills `runs`, `run_vms`, `run_variables` and `ledger`; a run's code is its place in the list, from 1. */
export async function fillRunInfo(database: Database, runs: readonly LoadedRun[]): Promise<void> {
  await database.fill('runs_said', runs.map(runRow));
  await database.fill('vms_said', runs.flatMap(vmRows));
  await database.fill('run_variables', runs.flatMap(variableRows));
  await database.fill('ledger_said', runs.flatMap(ledgerRows));
  await database.run(sql('load/run_info'));
}

function runRow({ folder, info }: LoadedRun, place: number): Cell[] {
  const { id, format, shuttle, system, mode, started, duration_ms, outcome, exit_code, complete, host } = info;
  const said = [
    place + 1,
    id,
    folder,
    format,
    shuttle,
    system,
    mode,
    started,
    duration_ms,
    outcome,
    exit_code,
    complete,
  ];
  return [...said, host.kernel, host.wine, host.machine].map(text);
}

function vmRows({ info }: LoadedRun): Cell[][] {
  return Object.entries(info.vms).map(([vm, { program, windows, exit_code }]) =>
    [info.id, vm, JSON.stringify(program), windows, exit_code].map(text),
  );
}

function variableRows({ info }: LoadedRun): Cell[][] {
  return Object.entries(info.vms).flatMap(([vm, { variables }]) =>
    Object.entries(variables).map(([token, value]) => [info.id, vm, token, value]),
  );
}

function ledgerRows({ info }: LoadedRun): Cell[][] {
  return Object.entries(info.ledger).map(([source, { seen, stored, lost }]) =>
    [info.id, source, seen, stored, lost].map(text),
  );
}
