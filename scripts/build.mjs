// Builds what changed: the native part with node-gyp, then TypeScript into dist/ with the assets it reads at run time.
// Nothing is downloaded. `--force` builds all of it.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesUnder, hashOf } from './files.mjs';
import { withLock } from './lock.mjs';
import { buildWindows, windowsProducts } from './windows.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const native = join(root, 'native');
const dist = join(root, 'dist');
const release = join(native, 'build/Release');
const products = ['shuttle.node', 'shuttle-init', 'shuttle-reader.node'];
const parts = ['native', 'tracer', 'analyzer', 'policygen', 'cli', 'bench', 'fixtures/planted'];
const built = new Set(['build', 'node_modules']);

const say = (text) => process.stderr.write(`build: ${text}\n`);

function run(command, args, cwd) {
  const done = spawnSync(command, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (done.error) throw done.error;
  if (done.status !== 0) {
    process.stderr.write(done.stdout + done.stderr);
    throw new Error(`${[command, ...args].join(' ')} failed`);
  }
}

const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : null);

/** The words of the engine's header are made from words.ts; one that was not made again is the build's error. */
function checkWords() {
  const made = spawnSync(process.execPath, [join(root, 'scripts/contract.mjs'), '--print'], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`scripts/contract.mjs failed: ${made.stderr}`);
  const headers = ['contract/words.h', 'windows/ops.h'].map((name) => read(join(native, name)));
  if (made.stdout !== headers.join(''))
    throw new Error('native/contract/words.h or windows/ops.h is older than words.ts: run node scripts/contract.mjs');
}

function buildNative(force) {
  const sources = filesUnder(native, /\.(cc|c|h|S|gyp|gypi)$/, built);
  const wanted = hashOf(root, [...sources, join(native, 'contract/words.ts')], `${process.arch} ${root}`);
  const stamp = join(native, 'build/.built');
  if (!force && read(stamp) === wanted && products.every((name) => existsSync(join(release, name)))) return;
  checkWords();
  say('native part (node-gyp)');
  const gyp = join(root, 'node_modules/node-gyp/bin/node-gyp.js');
  const verb = force ? ['rebuild'] : ['configure', 'build'];
  rmSync(stamp, { force: true });
  run(process.execPath, [gyp, ...verb, `--nodedir=${join(native, 'node')}`, '--jobs=2', '--loglevel=error'], native);
  writeFileSync(stamp, wanted);
}

/** Replaces rather than overwrites: another process may have the file mapped. */
function place(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, `${to}.new`);
  renameSync(`${to}.new`, to);
}

function removeOrphans() {
  for (const file of filesUnder(dist, /\.js$/, new Set(['bundle']))) {
    const source = join(root, file.slice(dist.length + 1).replace(/\.js$/, '.ts'));
    if (!existsSync(source) && !existsSync(`${source}x`)) rmSync(file);
  }
}

async function buildTypeScript(force) {
  const folders = parts.map((part) => join(root, part)).filter((folder) => existsSync(folder));
  const assets = folders.flatMap((folder) =>
    filesUnder(folder, /\.(sql|json|csv|css|bash|zsh|fish)$|\.client\.mjs$/, built),
  );
  const sources = folders.flatMap((folder) => filesUnder(folder, /\.tsx?$/, built));
  const programs = [...products.map((name) => join(release, name)), ...windowsProducts(root)];
  const config = ['tsconfig.json', 'package.json', 'package-lock.json'].map((name) => join(root, name));
  const wanted = hashOf(root, [...sources, ...assets, ...programs, ...config], '');
  const stamp = join(dist, '.built');
  if (!force && read(stamp) === wanted) return;
  say('TypeScript');
  rmSync(stamp, { force: true });
  // Assets first: a type error in one file leaves the rest of dist usable.
  for (const file of [...assets, ...programs]) place(file, join(dist, file.slice(root.length)));
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--pretty', 'false'], root);
  removeOrphans();
  const { bundle } = await import('./bundle.mjs');
  await bundle(root, dist);
  const main = join(dist, 'cli/main.js');
  chmodSync(main, 0o755);
  writePage(main);
  writeFileSync(stamp, wanted);
}

/** The manual page, where npm links it from. */
function writePage(main) {
  const made = spawnSync(process.execPath, [main, 'man'], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`shuttle man failed: ${made.stderr}`);
  mkdirSync(join(dist, 'man'), { recursive: true });
  writeFileSync(join(dist, 'man/shuttle.1'), made.stdout);
}

/** Builds what is out of date; throws with the reason where that fails. */
export function build({ force = false } = {}) {
  return withLock(join(root, 'node_modules/.shuttle-build'), async () => {
    buildNative(force);
    buildWindows({ root, force, say, run });
    await buildTypeScript(force);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await build({ force: process.argv.includes('--force') });
  } catch (error) {
    say(error.message);
    process.exitCode = 1;
  }
}
