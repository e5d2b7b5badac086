import type { Command } from 'commander';

export interface DiffOptions {
  json?: boolean;
  acceptedOnly?: boolean;
}

const EXAMPLE = `
Says what the second file admits and the first does not, and the other way round, each with an interaction as an example.
The exit code is 0 where both admit the same, and 1 where they do not.

Example:
  shuttle diff orders.shuttle.yaml new.shuttle.yaml
  git show HEAD:orders.shuttle.yaml > /tmp/before.yaml; shuttle diff /tmp/before.yaml orders.shuttle.yaml`;

/** `shuttle diff`. */
export function describe(command: Command, done: (code: number) => void): void {
  command
    .argument('<a>', 'a system file')
    .argument('<b>', 'another one, or the same at another time')
    .option('--accepted-only', 'only rules that a reviewer accepted allow')
    .addHelpText('after', EXAMPLE)
    .action(async (a: string, b: string, options: DiffOptions) => {
      const { diff } = await import('./diff/diff.js');
      done(await diff(a, b, options));
    });
}
