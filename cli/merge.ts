import type { Command } from 'commander';

export interface MergeOptions {
  json?: boolean;
  output?: string;
  print?: boolean;
}

const EXAMPLE = `
Writes what came of both into OURS, as git wants of a merge driver. Rules are merged by what they say, the rest key by
key. Where the two contradict each other the narrower holds, it is told, and the exit code is 1.

As git's driver for system files:
  git config merge.shuttle.name 'rules of system files'
  git config merge.shuttle.driver 'shuttle merge %O %A %B'
  echo '*.shuttle.yaml merge=shuttle' >> .gitattributes

Example:
  shuttle merge base.yaml ours.yaml theirs.yaml --print`;

/** `shuttle merge`. */
export function describe(command: Command, done: (code: number) => void): void {
  command
    .argument('<base>', 'what both began with; an empty file if there was nothing')
    .argument('<ours>', 'the one that is written into')
    .argument('<theirs>')
    .option('-o, --output <file>', 'write another file instead')
    .option('-p, --print', 'write to standard output instead')
    .addHelpText('after', EXAMPLE)
    .action(async (base: string, ours: string, theirs: string, options: MergeOptions) => {
      const { merge } = await import('./merge/merge.js');
      done(await merge([base, ours, theirs], options));
    });
}
