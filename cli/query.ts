import { type Command, Option } from 'commander';

export const FORMATS = ['table', 'csv', 'json', 'parquet', 'arrow'] as const;
export type Format = (typeof FORMATS)[number];

export interface QueryOptions {
  json?: boolean;
  system?: string;
  format?: Format;
  output?: string;
}

const EXAMPLE = `
Without SQL: a prompt with history and completion on a terminal; elsewhere SQL is read from standard input.
Tables: runs, interactions, payloads, processes, each with a column run; and what inference concludes: dependencies
(required, optional or missing), edges (who reached whom). With a system file also rules, rule_rows (rule, run, seq),
the interactions that justify each rule, and phases. '.schema' as the question says what each column is.

Example:
  shuttle query .shuttle/runs/orders/* "select op, \\"object\\", verdict, count(*) from interactions group by all"
  shuttle query orders.shuttle.yaml                     a prompt over all runs of a system, and its rules
  shuttle query orders.shuttle.yaml '.schema interactions'
  shuttle query orders.shuttle.yaml --format parquet -o rows.parquet 'from interactions'
  shuttle query --system orders.shuttle.yaml .shuttle/runs/orders/* \\
    "select rule_rows.rule, op, object, verdict from rule_rows join interactions using (run, seq)"`;

/** `shuttle query`. */
export function describe(command: Command, done: (code: number) => void): void {
  command
    .argument('<run...>', 'run folders, run ids, a system file; at the end the SQL')
    .option('-s, --system <file>', 'the system file whose rules are asked about')
    .addOption(new Option('--format <format>', 'how the answer is written').choices(FORMATS))
    .option('-o, --output <file>', 'write the answer into this file')
    .addHelpText('after', EXAMPLE)
    .action(async (words: string[], options: QueryOptions) => {
      const wrong = misusedOf(options);
      if (wrong !== null) command.error(`error: ${wrong}`, { code: 'commander.conflictingOption' });
      const { query } = await import('./query/query.js');
      const missing = (what: string) => command.error(`error: ${what}`, { code: 'commander.missingArgument' });
      done(await query(words, options, missing));
    });
}

const misusedOf = ({ json, format, output }: QueryOptions): string | null => {
  if (json && format !== undefined && format !== 'json') return `--json and --format ${format} contradict each other`;
  return json && output !== undefined ? '--json prints; write a file with --format json -o' : null;
};
