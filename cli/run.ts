import type { Command } from 'commander';
import { type RunOptions, runOptions } from './options.js';

export interface EnforceOptions extends RunOptions {
  vm?: string;
  acceptedOnly?: boolean;
  audit?: boolean;
}

const EXAMPLE = `
Example:
  shuttle run orders.shuttle.yaml
  shuttle run orders.shuttle.yaml --vm db     one VM here, the others in other terminals`;

/** `shuttle run`. */
export function describe(command: Command, done: (code: number) => void): void {
  runOptions(command)
    .argument('<system file>')
    .option('--vm <name>', 'run this VM alone and join those already running')
    .option('--accepted-only', 'only rules that a reviewer accepted allow')
    .option('--audit', 'record what was looked for and is not there, too')
    .addHelpText('after', EXAMPLE)
    .action(async (file: string, options: EnforceOptions) => {
      const { enforce } = await import('./run/enforce.js');
      done(await enforce(file, options));
    });
}
