// run.json as others may have written it: what is wrong with it, and what stands for what it leaves out. Keys that are
// not known are a later Shuttle's and are handed through.
import type { RunInfo, RunVm } from './run_info.js';

const MODES: readonly unknown[] = ['allow', 'deny', 'enforce'];
const OUTCOMES: readonly unknown[] = ['ok', 'failed', 'timeout', 'interrupted', 'torn'];

type Check = (value: unknown) => string | null;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const wants =
  (what: string, fits: (value: unknown) => boolean): Check =>
  (value) =>
    fits(value) ? null : `is not ${what}`;

const text = wants('a text', (value) => typeof value === 'string' && value !== '');
const number = wants('a number', (value) => typeof value === 'number');
const object = wants('an object', isObject);
const numberOrNull = wants('a number', (value) => value === null || typeof value === 'number');
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined ? null : check(value);

const CHECKS: readonly [key: string, check: Check][] = [
  ['id', text],
  ['system', text],
  ['shuttle', optional(text)],
  ['started', optional(text)],
  ['mode', optional(wants(MODES.join(', '), (value) => MODES.includes(value)))],
  ['outcome', optional(wants(OUTCOMES.join(', '), (value) => OUTCOMES.includes(value)))],
  ['complete', optional(wants('true or false', (value) => typeof value === 'boolean'))],
  ['duration_ms', optional(number)],
  ['exit_code', optional(numberOrNull)],
  ['host', optional(object)],
  [
    'ledger',
    optional(wants('an object of objects', (value) => isObject(value) && Object.values(value).every(isObject))),
  ],
  ['vms', optional(vmsCheck)],
];

/** What is wrong with run.json's content, or null. */
export function wrongIn(info: Partial<Record<keyof RunInfo, unknown>>): string | null {
  for (const [key, check] of CHECKS) {
    const wrong = check(info[key as keyof RunInfo]);
    if (wrong !== null) return info[key as keyof RunInfo] === undefined ? `it has no ${key}` : `${key} ${wrong}`;
  }
  return null;
}

function vmsCheck(value: unknown): string | null {
  if (!isObject(value)) return 'is not an object';
  for (const [name, vm] of Object.entries(value)) {
    if (!isObject(vm)) return `has no object for ${name}`;
    const { program = [], variables = {} } = vm;
    if (!Array.isArray(program) || program.some((word) => typeof word !== 'string'))
      return `says of ${name} a program that is not a list of texts`;
    if (!isObject(variables) || Object.values(variables).some(isObject))
      return `says of ${name} variables that are not texts`;
  }
  return null;
}

const NOTHING = { seen: 0, stored: 0, lost: 0 };

/** What is not said is not known; a run that does not say it is complete is not. */
export function completed(info: Partial<RunInfo>): RunInfo {
  const vms = Object.entries(info.vms ?? {}).map(([name, vm]) => [name, completedVm(vm)]);
  return {
    shuttle: 'unknown',
    mode: 'allow',
    started: new Date(0).toISOString(),
    duration_ms: 0,
    outcome: 'torn',
    exit_code: null,
    complete: false,
    ...info,
    host: { kernel: 'unknown', machine: 'unknown', ...info.host },
    vms: Object.fromEntries(vms) as Record<string, RunVm>,
    ledger: { engine: NOTHING, agent: NOTHING, dock: NOTHING, ...info.ledger },
  } as RunInfo;
}

function completedVm(vm: Partial<RunVm>): RunVm {
  const variables = Object.entries(vm.variables ?? {}).map(([name, value]) => [name, String(value)]);
  return { program: [], exit_code: null, ...vm, variables: Object.fromEntries(variables) };
}
