import type { Command } from 'commander';

export interface ReplayOptions {
  json?: boolean;
  acceptedOnly?: boolean;
}

const EXAMPLE = `
Example:
  shuttle replay orders.shuttle.yaml .shuttle/runs/orders/*`;

/** `shuttle replay`. */
export function describe(command: Command, done: (code: number) => void): void {
  command
    .argument('<system file>')
    .argument('<run...>', 'run folders or run ids')
    .option('--accepted-only', 'only rules that a reviewer accepted allow')
    .addHelpText('after', EXAMPLE)
    .action(async (file: string, runs: string[], options: ReplayOptions) => {
      const { replay } = await import('./replay/replay.js');
      done(await replay(file, runs, options));
    });
}
