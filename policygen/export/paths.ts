// Names of files for targets that take paths and no patterns: a path stands for itself, or for all that is in it.
import type { Pattern } from '../../native/contract/rules.js';
import { parentOf } from '../../tracer/vm/paths.js';
import { type Reason, reason } from './finding.js';
import { literalOf } from './reading.js';

export type Place = { path: string; wider: readonly Reason[] } | { unsaid: Reason };

// A folder of everything, or of everybody's.
const TOO_WIDE = new Set(['/', '/home', '/root', '/etc', '/usr', '/var', '/run', '/dev', '/proc', '/sys', '/dev/shm']);

/** The path that a pattern comes to: `/a/{rest}` is the folder `/a`, and any other token the folder it stands in. */
export function placeOf(pattern: Pattern, print: (pattern: Pattern) => string): Place {
  const [first] = pattern;
  if (typeof first !== 'string' || !first.startsWith('/')) return { unsaid: reason('NO_PATTERN', print(pattern)) };
  const literal = literalOf(pattern);
  if (literal !== null) return { path: literal, wider: [] };
  const folder = parentOf(first.endsWith('/') ? `${first}x` : first);
  if (TOO_WIDE.has(folder)) return { unsaid: reason('NO_PATTERN', print(pattern)) };
  const [, second] = pattern;
  const whole = pattern.length === 2 && first.endsWith('/') && typeof second !== 'string' && second?.token === 'rest';
  return { path: folder, wider: whole ? [] : [reason('FOLDER', folder)] };
}
