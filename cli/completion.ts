import { type Command, Option } from 'commander';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export interface CompletionOptions {
  json?: boolean;
  words?: boolean;
}

const EXAMPLE = `
Completed are commands, options and their values, VMs of the system file that is named, runs, operations.

Example:
  shuttle completion bash > ~/.local/share/bash-completion/completions/shuttle
  shuttle completion zsh > ~/.zfunc/_shuttle         with fpath+=(~/.zfunc) before compinit
  shuttle completion fish > ~/.config/fish/completions/shuttle.fish
  source <(shuttle completion bash)                  for this shell alone`;

/** `shuttle completion`. */
export function describe(command: Command, done: (code: number) => void): void {
  command
    .argument('[shell]', `one of ${SHELLS.join(', ')}; left out: the shell you use`)
    .allowExcessArguments()
    // What the scripts ask with each Tab.
    .addOption(new Option('--words', 'what could stand in the place of the last word').hideHelp())
    .addHelpText('after', EXAMPLE)
    .action(async (shell: string | undefined, options: CompletionOptions) => {
      if (options.words) {
        const { answerShell } = await import('./completion/answer.js');
        return done(await answerShell(command.args));
      }
      if (command.args.length > 1)
        command.error(`error: one shell is wanted, not also ${command.args[1]}`, { code: 'commander.excessArguments' });
      const wanted = shell ?? process.env.SHELL?.split('/').at(-1) ?? '';
      const known = SHELLS.find((one) => one === wanted);
      if (known === undefined) {
        const { meant } = await import('../native/contract/near.js');
        const near = meant(wanted, SHELLS) || `: known are ${SHELLS.join(', ')}`;
        command.error(`error: no completion for the shell '${wanted}'${near}`, { code: 'commander.invalidArgument' });
      }
      const { scriptOf } = await import('./completion/script.js');
      const { document, line } = await import('./print.js');
      const script = scriptOf(known!);
      if (options.json) document({ shell: known, script });
      else line(script.trimEnd());
      done(0);
    });
}
