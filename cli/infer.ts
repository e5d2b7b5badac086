import type { Command } from 'commander';

export interface InferOptions {
  json?: boolean;
  output?: string;
}

const EXAMPLE = `
Example:
  shuttle infer .shuttle/runs/orders/* -o orders.shuttle.yaml
  strace -f -o trace.txt make && shuttle infer trace.txt`;

/** `shuttle infer`. */
export function describe(command: Command, done: (code: number) => void): void {
  command
    .argument('<run...>', 'run folders or run ids; or traces: strace -f, audit logs, denials.json')
    .option('-o, --output <file>', 'write the rules into this system file')
    .addHelpText('after', EXAMPLE)
    .action(async (runs: string[], options: InferOptions) => {
      const { infer } = await import('./infer/infer.js');
      done(await infer(runs, options));
    });
}
