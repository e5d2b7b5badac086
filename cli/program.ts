import { Command } from 'commander';
import { version } from '../tracer/version.js';
import { COMMANDS, type CommandName, isCommand } from './commands.js';

/** Parses the command line and does what it says; the exit code. Throws what commander or the command throws. */
export async function parse(argv: string[]): Promise<number> {
  let code = 0;
  const program = outline();
  const name = argv[0] ?? '';
  if (isCommand(name)) {
    const { describe } = await COMMANDS[name].load();
    describe(addCommand(program, name), (result) => {
      code = result;
    });
  } else for (const known of Object.keys(COMMANDS)) addCommand(program, known as CommandName);
  await program.parseAsync(isKnown(program, argv) ? argv : argv.filter((word) => !HELP.has(word)), { from: 'user' });
  return code;
}

const HELP: ReadonlySet<string> = new Set(['-h', '--help']);

/** Whether the commands that are named are there: asked for help on one that is not, commander would not say so. */
function isKnown(command: Command, argv: readonly string[]): boolean {
  const [name, ...rest] = argv;
  if (command.commands.length === 0 || name === undefined || name.startsWith('-') || name === 'help') return true;
  const found = command.commands.find((one) => one.name() === name);
  return found !== undefined && isKnown(found, rest);
}

/** The whole tree of commands, for what is made of it: completion, the manual page. Nothing in it does anything. */
export async function wholeTree(): Promise<Command> {
  const program = outline();
  for (const name of Object.keys(COMMANDS) as CommandName[]) {
    const { describe } = await COMMANDS[name].load();
    describe(addCommand(program, name), () => {});
  }
  return program;
}

function outline(): Command {
  return new Command('shuttle')
    .description(
      'Runs a program in a light VM, records what it reaches for, and enforces the smallest policy it needs.',
    )
    .version(version)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeErr: () => {} }) // failure.ts prints
    .showSuggestionAfterError()
    .addHelpText('after', '\nExample:\n  shuttle learn ./server --port 8080\n  shuttle run server.shuttle.yaml');
}

function addCommand(program: Command, name: CommandName): Command {
  const command = program.command(name).description(COMMANDS[name].summary).copyInheritedSettings(program);
  return command.option('--json', 'print one JSON document on standard output, and nothing else');
}
