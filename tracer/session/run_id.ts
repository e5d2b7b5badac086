import { randomInt } from 'node:crypto';

/** How many of the last four digits one millisecond has. */
const SHARE = 0x10000 / 1000;

/**
 * An id that sorts by time: `20261122T101500Z-7f3a`. The digits after the dash go on where the seconds end, so that runs
 * of one second sort too; what a millisecond leaves over keeps two that begin in the same one apart.
 */
export function runId(began: Date, spare = randomInt(Math.floor(SHARE))): string {
  const time = began
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:]/g, '');
  const fraction = Math.floor(began.getUTCMilliseconds() * SHARE) + spare;
  return `${time}-${fraction.toString(16).padStart(4, '0')}`;
}
