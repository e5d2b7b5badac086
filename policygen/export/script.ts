// Exports that are shell scripts.
import { printable } from '../../native/contract/printable.js';
import type { Reading } from './reading.js';

export const headOf = (reading: Reading, vm: string): string[] => [
  '#!/bin/sh',
  `# Made by shuttle export from ${printable(reading.file)}: what ${vm} may do.`,
  'set -eu',
];

/** A command with an argument a line. */
export const commandOf = (command: string, args: readonly string[]): string => [command, ...args].join(' \\\n  ');
