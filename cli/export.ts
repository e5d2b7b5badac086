import { type Command, Option } from 'commander';

export interface ExportOptions {
  json?: boolean;
  to: string;
  vm?: string;
  output?: string;
  strict?: boolean;
  acceptedOnly?: boolean;
}

/** Names of the targets, here too so that `--help` loads none of them; a test holds them together. */
export const TARGET_NAMES = [
  'apparmor',
  'systemd',
  'sandboxie',
  'mxc',
  'flatpak',
  'landlock',
  'qrexec',
  'cedar',
  'json',
] as const;

const EXAMPLE = `
Targets: apparmor (profile), systemd (service unit), sandboxie (box), mxc (configuration), flatpak (override and
xdg-dbus-proxy arguments), landlock (script for landrun), qrexec (policy of Qubes), cedar (policies), json (everything).
Standard error says which rules the target says exactly, which wider and by what, which narrower, and which not at all.
The exit code is 0, and 1 where --strict refuses: then nothing is written. docs/export.md tells what each target can say.

Example:
  shuttle export orders.shuttle.yaml --to apparmor --vm app -o /etc/apparmor.d/orders-app
  shuttle export orders.shuttle.yaml --to systemd -o units/
  shuttle export orders.shuttle.yaml --to cedar --strict > orders.cedar
  shuttle export orders.shuttle.yaml --to json --json`;

/** `shuttle export`. */
export function describe(command: Command, done: (code: number) => void): void {
  command
    .argument('<system file>')
    .addOption(new Option('-t, --to <target>', 'whose format').choices(TARGET_NAMES).makeOptionMandatory())
    .option('--vm <name>', 'one VM alone (default: all that the target can confine)')
    .option('-o, --output <file>', 'a file, or a folder for several (default: standard output)')
    .option('--strict', 'refuse what would let through more than the rules do')
    .option('--accepted-only', 'only rules that a reviewer accepted allow')
    .addHelpText('after', EXAMPLE)
    .action(async (file: string, options: ExportOptions) => {
      const { exportRules } = await import('./export/export.js');
      done(await exportRules(file, options));
    });
}
