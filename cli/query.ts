import type { Command } from 'commander';

export interface QueryOptions {
  json?: boolean;
  system?: string;
}

const EXAMPLE = `
Tables: runs, interactions, payloads, processes; with a system file among the runs also rules and rule_rows.

Example:
  shuttle query .shuttle/runs/orders/* "select op, \\"object\\", verdict, count(*) from interactions group by all"`;

/** `shuttle query`. */
export function describe(command: Command, done: (code: number) => void): void {
  command
    .argument('<run...>', 'run folders, run ids, a system file; at the end the SQL')
    .addHelpText('after', EXAMPLE)
    .action(async (words: string[], options: QueryOptions) => {
      if (words.length < 2) command.error('error: runs and SQL are wanted', { code: 'commander.missingArgument' });
      const { query } = await import('./query/query.js');
      done(await query(words.slice(0, -1), words.at(-1) ?? '', options));
    });
}
