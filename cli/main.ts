#!/usr/bin/env node
// Only what is asked for is loaded: a command's file, and in it what its work needs.
import { exit } from './exit.js';
import { failed, type Invocation } from './failure.js';

/** `help learn` is `learn --help`, `help vm list` is `vm list --help`. */
function words(argv: string[]): string[] {
  const [first = '', ...asked] = argv;
  if (first !== 'help' || asked.length === 0 || asked[0]?.startsWith('-')) return argv;
  return [...asked.slice(0, asked[0] === 'vm' ? 2 : 1), '--help'];
}

async function main(argv: string[]): Promise<number> {
  const invocation: Invocation = { command: argv[0] ?? '', json: argv.includes('--json') };
  try {
    const { parse } = await import('./program.js');
    return await parse(argv);
  } catch (error) {
    return failed(error, invocation);
  }
}

if (process.argv[2] === '--version' || process.argv[2] === '-V') {
  const { version } = await import('../tracer/version.js');
  process.stdout.write(`${version}\n`);
  exit(0);
} else exit(await main(words(process.argv.slice(2))));
