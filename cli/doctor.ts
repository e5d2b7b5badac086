import type { Command } from 'commander';

/** `shuttle doctor`. */
export function describe(command: Command, done: (code: number) => void): void {
  command.addHelpText('after', '\nExample:\n  shuttle doctor --json').action(async (options: { json?: boolean }) => {
    const { examine } = await import('./doctor/examine.js');
    const { document, line, paint } = await import('./print.js');
    const findings = await examine();
    if (options.json) document({ ok: findings.every((one) => one.state !== 'fails'), findings });
    else
      for (const { state, name, says, mend } of findings) {
        const mark = {
          good: paint('green', 'ok   ', 1),
          lacks: paint('yellow', 'lacks', 1),
          fails: paint('red', 'FAILS', 1),
        };
        line(`${mark[state]} ${name.padEnd(16)} ${says}`);
        if (mend) line(`      ${' '.repeat(16)} ${paint('dim', mend, 1)}`);
      }
    done(findings.some((one) => one.state === 'fails') ? 1 : 0);
  });
}
