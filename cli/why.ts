import type { Command } from 'commander';
import { whole } from './options.js';

export interface WhyOptions {
  json?: boolean;
  acceptedOnly?: boolean;
  run?: string;
  seq?: number;
}

const EXAMPLE = `
A question is VM may OPERATION [PLACE] NAME [to ACCESS]: PLACE is a VM, host or net, ACCESS read, write, execute, create or
delete. The exit code is 0 where the rules allow it, and 1 where they do not.

Example:
  shuttle why orders.shuttle.yaml 'app may pipe.connect \\\\.\\pipe\\ledger'
  shuttle why orders.shuttle.yaml 'app may file.write host /etc/hosts'
  shuttle why orders.shuttle.yaml --run 20261122T101500Z-7f3a --seq 412`;

/** `shuttle why`. */
export function describe(command: Command, done: (code: number) => void): void {
  command
    .argument('<system file>')
    .argument('[question]', 'an interaction, in quotes')
    .option('--run <run>', 'ask about an interaction of this run: a folder or an id')
    .option('--seq <n>', 'its number in the run', whole(0))
    .option('--accepted-only', 'only rules that a reviewer accepted allow')
    .addHelpText('after', EXAMPLE)
    .action(async (file: string, question: string | undefined, options: WhyOptions) => {
      const recorded = options.run !== undefined || options.seq !== undefined;
      if (recorded === (question !== undefined) || (options.run === undefined) !== (options.seq === undefined))
        command.error('error: either a question is wanted, or --run and --seq', { code: 'commander.missingArgument' });
      const { why } = await import('./why/why.js');
      done(await why(file, question ?? null, options));
    });
}
