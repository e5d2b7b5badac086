import { Command, Option } from 'commander';
import { collect, isSystemFile, type RunOptions, runOptions, whole } from './options.js';

export interface LearnOptions extends RunOptions {
  runs: number;
  deny?: boolean;
  windows?: 'win7' | 'win8' | 'win81' | 'win10' | 'win11';
  expose?: string[];
  output?: string;
}

const EXAMPLE = `
Example:
  shuttle learn ./server --port 8080          writes server.shuttle.yaml
  shuttle learn --runs 5 orders.shuttle.yaml  fills in the rules of a system`;

/** `shuttle learn`. */
export function describe(command: Command, done: (code: number) => void): void {
  options(command)
    // What stands after a program is the program's.
    .passThroughOptions()
    .action(async (target: string, args: string[], given: LearnOptions) => {
      const { learn } = await import('./learn/learn.js');
      done(isSystemFile(target) ? await learn(target, [], reread(args, given)) : await learn(target, args, given));
    });
}

/** After a system file, which takes no arguments, options may still follow. */
function reread(args: string[], given: LearnOptions): LearnOptions {
  const rest = options(new Command('learn').exitOverride().configureOutput({ writeErr: () => {} }));
  rest.option('--json');
  rest.parse([...args], { from: 'user' });
  const later = Object.fromEntries(
    Object.entries(rest.opts()).filter(([name]) => rest.getOptionValueSource(name) === 'cli'),
  ) as Partial<LearnOptions>;
  if (rest.args.length > 0)
    rest.error(`error: a system file takes no arguments: ${rest.args[0]}`, { code: 'commander.excessArguments' });
  return { ...given, ...later, expose: [...(given.expose ?? []), ...(later.expose ?? [])] };
}

function options(command: Command): Command {
  return runOptions(command)
    .argument(command.parent ? '<target>' : '[target]', 'a program (Linux or Windows), or a system file (*.yaml)')
    .argument('[args...]', "the program's own arguments")
    .option('--runs <n>', 'how many times to run, each from the same private files', whole(1), 1)
    .option('--deny', 'block what crosses the wall instead of carrying it')
    .addOption(
      new Option('--windows <version>', 'Windows version the program is told').choices([
        'win7',
        'win8',
        'win81',
        'win10',
        'win11',
      ]),
    )
    .option('--expose <path>', 'show a path of the protected set (may be repeated)', collect)
    .option('-o, --output <file>', 'the system file to write')
    .addHelpText('after', EXAMPLE);
}
