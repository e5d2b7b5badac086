import type { Command } from 'commander';
import { collect } from './options.js';

export interface ReviewOptions {
  json?: boolean;
  accept?: string[];
  refuse?: string[];
  where?: string;
  list?: boolean;
  dryRun?: boolean;
  by?: string;
  plain?: boolean;
}

const EXAMPLE = `
On a terminal, rule by rule: ? shows the keys. With --accept, --refuse or --list, at once and without a terminal.
Expressions: fields id op class from to object state needed risk uncertainty rank runs of times note by carrier phase,
= != < <= > >= and ~ (contains), and, or, not, ( ); * stands for anything.

Example:
  shuttle review orders.shuttle.yaml
  shuttle review orders.shuttle.yaml --list --where 'state=proposed and risk>=3'
  shuttle review orders.shuttle.yaml --accept 'needed=proven and risk<3' --refuse 'to=net' --list --json`;

/** `shuttle review`. */
export function describe(command: Command, done: (code: number) => void): void {
  command
    .argument('<system file>')
    .option('--accept <expression>', 'accept the rules that it chooses (may be repeated)', collect)
    .option('--refuse <expression>', 'refuse the rules that it chooses; wins over --accept', collect)
    .option('--where <expression>', 'list only the rules that it chooses')
    .option('--list', 'list the rules with risk and evidence')
    .option('--dry-run', 'write nothing')
    .option('--by <name>', 'who decides (default: you)')
    .option('--plain', 'line by line instead of a screen, for screen readers')
    .addHelpText('after', EXAMPLE)
    .action(async (file: string, options: ReviewOptions) => {
      const { review } = await import('./review/review.js');
      done(await review(file, options));
    });
}
