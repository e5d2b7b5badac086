import type { InteractionClass, Verdict } from '../../native/contract/words.js';

/** What became of an interaction, as people say it. */
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  passed: 'stayed inside',
  redirected: 'ran on a private copy',
  shuttled: 'carried across',
  blocked: 'blocked',
  absent: 'exists nowhere',
};

export const CLASS_WORDS: Readonly<Record<InteractionClass, string>> = {
  ipc: 'IPC',
  invocation: 'invocation',
  'name transfer': 'name transfer',
  dependency: 'dependency',
};

/** 1234567 ns as `1.2 ms`. */
export function duration(nanoseconds: number): string {
  if (nanoseconds <= 0) return '0 s';
  const units: readonly [number, string][] = [
    [6e10, 'min'],
    [1e9, 's'],
    [1e6, 'ms'],
    [1e3, 'µs'],
  ];
  const [size, unit] = units.find(([least]) => nanoseconds >= least) ?? [1, 'ns'];
  const value = nanoseconds / size;
  return `${value < 10 && size > 1 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** A count with thin spaces between thousands. */
export const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, '\u202f');
