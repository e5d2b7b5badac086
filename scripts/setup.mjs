// Makes a fresh clone ready: Debian packages, npm packages, the build. Says what it does; does nothing twice.
// Flags choose the Debian packages: --test, --demo, --bench; none: what building needs.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { aptInstall, commandFor, lackingFor, PACKAGES, WINE32 } from './packages.mjs';
import { noteTried, triedLately } from './tried.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const say = (text) => process.stderr.write(`setup: ${text}\n`);

class Stop extends Error {}

function run(command, args, options = {}) {
  // Results belong to stdout, which is the task's: what installers say goes to stderr.
  return spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options }).status === 0;
}

/** How to become root without asking anybody, or null. */
function rootPrefix() {
  if (process.getuid() === 0) return [];
  const asked = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' });
  return asked.status === 0 ? ['sudo', '-n'] : null;
}

function asRoot(prefix, command) {
  const [program, ...args] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', ...command];
  return run(program, args);
}

function debianPackages(task) {
  const missing = lackingFor(task);
  if (missing.length === 0) return;
  const names = missing.map((wanted) => wanted.name);
  const prefix = existsSync('/usr/bin/apt-get') ? rootPrefix() : null;
  const hopeless = missing.every(({ name, must }) => !must && triedLately(name));
  if (prefix && !hopeless) {
    for (const name of names) noteTried(name);
    say(`installing ${names.join(', ')}`);
    asRoot(prefix, ['apt-get', 'update', '-q']);
    // One by one where the whole list fails, so that one package that cannot be had does not keep back the others.
    if (!asRoot(prefix, aptInstall(names))) for (const name of names) asRoot(prefix, aptInstall([name]));
  }
  const still = lackingFor(task);
  if (still.length === 0) return;
  const lacking = still.map((wanted) => wanted.name);
  const how = prefix && !hopeless ? 'could not be installed (apt-get says why, above)' : 'missing';
  say(`${how}: ${lacking.join(', ')}; as an administrator:\n  ${commandFor(lacking)}`);
  if (still.some((wanted) => wanted.must)) throw new Stop('the build cannot go on without them');
  say('going on without: what needs them will say so');
}

/** Windows programs of 32 bits are an extra: tried once a day, never required. */
function tryWine32(task) {
  if (!PACKAGES[task].some((wanted) => wanted.name === 'wine') || !existsSync('/usr/bin/wine')) return;
  if (existsSync(WINE32.file) || triedLately(WINE32.name) || !existsSync('/usr/bin/dpkg')) return;
  const prefix = rootPrefix();
  if (!prefix) return;
  noteTried(WINE32.name);
  say('trying 32-bit Wine (allowed to fail)');
  const had = spawnSync('dpkg', ['--print-foreign-architectures'], { encoding: 'utf8' }).stdout.includes(
    WINE32.architecture,
  );
  if (!had) asRoot(prefix, ['dpkg', '--add-architecture', WINE32.architecture]);
  const done = asRoot(prefix, ['apt-get', 'update', '-q']) && asRoot(prefix, aptInstall([WINE32.name]));
  if (done) return;
  say('no 32-bit Wine: 32-bit Windows programs will be refused with a message');
  if (!had) asRoot(prefix, ['dpkg', '--remove-architecture', WINE32.architecture]);
}

const locked = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {});

/** Whether what npm noted in node_modules differs from the lock file; what is optional may be missing. */
function npmIsStale() {
  const wanted = locked(join(root, 'package-lock.json'));
  const present = locked(join(root, 'node_modules/.package-lock.json'));
  return Object.entries(wanted).some(([path, { version, optional }]) => {
    if (path === '' || (optional && !present[path])) return false;
    return present[path]?.version !== version;
  });
}

function npmPackages() {
  if (!npmIsStale()) return;
  say('installing npm packages (npm ci)');
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  if (run('npm', ['ci', ...quiet])) return;
  // A registry that lacks packages of other platforms makes npm find the lock file wanting.
  say('npm ci would not: trying npm install');
  if (!run('npm', ['install', '--no-save', ...quiet])) throw new Stop('the npm packages cannot be had');
}

async function main(task) {
  const began = Date.now();
  debianPackages(task);
  npmPackages();
  tryWine32(task);
  const { build } = await import('./build.mjs');
  await build();
  const seconds = (Date.now() - began) / 1000;
  if (seconds > 2) say(`ready (${seconds.toFixed(0)} s)`);
}

const tasks = Object.keys(PACKAGES);
const task = process.argv.slice(2).map((flag) => flag.replace(/^--/, ''))[0] ?? 'build';
try {
  if (!tasks.includes(task)) throw new Stop(`usage: setup.mjs [${tasks.map((name) => `--${name}`).join('|')}]`);
  await main(task);
} catch (error) {
  say(error instanceof Stop ? error.message : (error.stack ?? String(error)));
  process.exitCode = 1;
}
