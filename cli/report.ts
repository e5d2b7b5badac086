import type { Command } from 'commander';

export interface ReportOptions {
  json?: boolean;
  output?: string;
  svg?: boolean;
  markdown?: boolean;
}

const EXAMPLE = `
One page that needs nothing else: who talks to whom, over time, how much is known, the rules with their evidence, and
every interaction to search in. Of a system file, its recorded runs are taken; of runs alone, the rules they propose.

Example:
  shuttle report orders.shuttle.yaml -o orders.html
  shuttle report .shuttle/runs/orders/* --svg -o orders.svg
  shuttle report orders.shuttle.yaml --markdown >> "$GITHUB_STEP_SUMMARY"`;

/** `shuttle report`. */
export function describe(command: Command, done: (code: number) => void): void {
  command
    .argument('<run...>', 'run folders, run ids, or a system file')
    .option('-o, --output <file>', 'where to write it (default: standard output)')
    .option('--svg', 'the graph alone, as a picture')
    .option('--markdown', 'tables for a pull request')
    .addHelpText('after', EXAMPLE)
    .action(async (words: string[], options: ReportOptions) => {
      if (options.svg && options.markdown)
        command.error('error: either --svg or --markdown', { code: 'commander.conflictingOption' });
      const { report } = await import('./report/report.js');
      done(await report(words, options));
    });
}
