import type { Command } from 'commander';

export interface QueryOptions {
  json?: boolean;
  system?: string;
}

const EXAMPLE = `
Tables: runs, interactions, payloads, processes, each with a column run; docs/run-format.md lists their columns.
What inference concludes: dependencies (required, optional or missing), edges (who reached whom), first_uses (the order).
With a system file, given by --system or among the runs: also rules, rule_rows (rule, run, seq), the interactions that
justify each rule, and phases (rule, phase): used at the startup, at the end, or throughout.

Example:
  shuttle query .shuttle/runs/orders/* "select op, \\"object\\", verdict, count(*) from interactions group by all"
  shuttle query --system orders.shuttle.yaml .shuttle/runs/orders/* \\
    "select rule_rows.rule, op, object, verdict from rule_rows join interactions using (run, seq)"`;

/** `shuttle query`. */
export function describe(command: Command, done: (code: number) => void): void {
  command
    .argument('<run...>', 'run folders, run ids, a system file; at the end the SQL')
    .option('-s, --system <file>', 'the system file whose rules are asked about')
    .addHelpText('after', EXAMPLE)
    .action(async (words: string[], options: QueryOptions) => {
      if (words.length < 2 || words.at(-1)?.trim() === '')
        command.error('error: runs and SQL are wanted', { code: 'commander.missingArgument' });
      const { query } = await import('./query/query.js');
      done(await query(words.slice(0, -1), words.at(-1) ?? '', options));
    });
}
