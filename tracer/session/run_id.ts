import { randomBytes } from 'node:crypto';

/** An id that sorts by time: `20261122T101500Z-7f3a`. */
export function runId(began: Date, random = randomBytes(2).toString('hex')): string {
  const time = began
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:]/g, '');
  return `${time}-${random}`;
}
