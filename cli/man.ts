import type { Command } from 'commander';

const EXAMPLE = `
Example:
  shuttle man | man -l -
  shuttle man > ~/.local/share/man/man1/shuttle.1`;

/** `shuttle man`. */
export function describe(command: Command, done: (code: number) => void): void {
  command.addHelpText('after', EXAMPLE).action(async (options: { json?: boolean }) => {
    const { manualPage } = await import('./man/page.js');
    const { wholeTree } = await import('./program.js');
    const { version } = await import('../tracer/version.js');
    const { document, line } = await import('./print.js');
    const page = manualPage(await wholeTree(), version);
    if (options.json) document({ page });
    else line(page.trimEnd());
    done(0);
  });
}
