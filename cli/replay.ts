import type { Command } from 'commander';

export function describe(_command: Command, _done: (code: number) => void): void {}
