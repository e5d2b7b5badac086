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

interface Described {
  words: string;
  says: string;
  example: string;
  /** What it takes beside --json and --layer. */
  more?: [flags: string, says: string];
}

const ACTIONS: Readonly<Record<Action, Described>> = {
  list: { words: '[file]', says: 'layers there are, of one system or all', example: 'list orders.shuttle.yaml' },
  diff: {
    words: '<file> [vm]',
    says: 'what a VM changed against the host',
    example: 'diff --layer learn orders.shuttle.yaml app',
  },
  commit: {
    words: '<file> <vm> [path...]',
    says: 'bring changes to the host: those named, or all but protected ones',
    example: 'commit orders.shuttle.yaml app /home/me/orders/out.csv',
    more: ['--to <folder>', "where to put files of a Windows VM's own C:"],
  },
  copy: {
    words: '<file> [vm]',
    says: 'let enforcing go on from what learning left (or --layer enforce: the other way)',
    example: 'copy orders.shuttle.yaml db',
  },
  reset: {
    words: '<file> [vm]',
    says: 'take back everything written; setup will run again',
    example: 'reset orders.shuttle.yaml db',
  },
  remove: {
    words: '[file] [vm]',
    says: 'remove the layers, or with --gone those of system files that are no longer there',
    example: 'remove orders.shuttle.yaml',
    more: ['--gone', 'layers of system files that are no longer there'],
  },
};

/** Where it means something else than which layers are looked at. */
const LAYER: Partial<Record<Action, string>> = { copy: 'the layer to copy from' };

/** `shuttle vm`. */
export function describe(command: Command, done: (code: number) => void): void {
  command.addHelpText('after', EXAMPLE);
  for (const [name, { words, says, example, more }] of Object.entries(ACTIONS) as [Action, Described][]) {
    const action = command.command(`${name} ${words}`).description(says).copyInheritedSettings(command);
    action
      .option('--json', 'print one JSON document on standard output, and nothing else')
      .addOption(new Option('--layer <which>', LAYER[name] ?? 'only this layer').choices(['learn', 'enforce']));
    if (more) action.option(...more);
    action.addHelpText('after', `\nExample:\n  shuttle vm ${example}`).action(async (...given: unknown[]) => {
      const { layers } = await import('./vm/layers.js');
      const options = { ...command.opts<VmOptions>(), ...(given.at(-2) as VmOptions) };
      done(await layers(name, given.slice(0, -2).flat() as (string | undefined)[], options));
    });
  }
}
