import { type Command, Option } from 'commander';

export interface VmOptions {
  json?: boolean;
  layer?: 'learn' | 'enforce';
  /** Remove: of every system file that is no longer there. */
  gone?: boolean;
  /** Where changes of a Windows VM's own C: are brought. */
  to?: string;
}

const EXAMPLE = `
A VM keeps what it wrote in two layers, one for learning and one for running under rules.

Example:
  shuttle vm list
  shuttle vm diff orders.shuttle.yaml app
  shuttle vm commit orders.shuttle.yaml app /home/me/orders/out.csv
  shuttle vm commit orders.shuttle.yaml db 'C:\\data\\postgresql.conf' --to ./from-c`;

type Action = 'list' | 'diff' | 'commit' | 'copy' | 'reset' | 'remove';

const ACTIONS: readonly [name: Action, words: string, says: string, example: string][] = [
  ['list', '[file]', 'layers there are, of one system or all', 'list orders.shuttle.yaml'],
  ['diff', '<file> [vm]', 'what a VM changed against the host', 'diff --layer learn orders.shuttle.yaml app'],
  [
    'commit',
    '<file> <vm> [path...]',
    'bring changes to the host: those named, or all but protected ones',
    'commit orders.shuttle.yaml app /home/me/orders/out.csv',
  ],
  [
    'copy',
    '<file> [vm]',
    'let enforcing go on from what learning left (or --layer enforce: the other way)',
    'copy orders.shuttle.yaml db',
  ],
  ['reset', '<file> [vm]', 'take back everything written; setup will run again', 'reset orders.shuttle.yaml db'],
  [
    'remove',
    '[file] [vm]',
    'remove the layers, or with --gone those of system files that are no longer there',
    'remove orders.shuttle.yaml',
  ],
];

/** `shuttle vm`. */
export function describe(command: Command, done: (code: number) => void): void {
  command.addHelpText('after', EXAMPLE);
  for (const [name, words, says, example] of ACTIONS) {
    const action = command.command(`${name} ${words}`).description(says).copyInheritedSettings(command);
    action
      .option('--json', 'print one JSON document on standard output')
      .addOption(new Option('--layer <which>', 'only this layer').choices(['learn', 'enforce']))
      .option('--gone', 'remove: layers of system files that are no longer there')
      .option('--to <folder>', "commit: where to put files of a Windows VM's own C:")
      .addHelpText('after', `\nExample:\n  shuttle vm ${example}`)
      .action(async (...given: unknown[]) => {
        const { layers } = await import('./vm/layers.js');
        const options = { ...command.opts<VmOptions>(), ...(given.at(-2) as VmOptions) };
        done(await layers(name, given.slice(0, -2).flat() as (string | undefined)[], options));
      });
  }
}
