// The demo: learns, infers and enforces the orders system, by the commands a user would type. Works on a copy, which it
// removes together with the VMs' layers. Exits 1 if anything is not as promised.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { detail, during, heading, line, paint, promise, table } from './demo_print.mjs';
import { fetchPrograms } from './fetch_programs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const shuttle = join(root, 'dist/cli/main.js');
const DATABASE = '127.0.0.1:5544';
const RUNS = 3;

class BrokenPromise extends Error {}

// A Ctrl-C reaches the command that runs as well, and that one ends its VMs; here only the tidying is left to do.
let interrupted = false;
process.on('SIGINT', () => {
  interrupted = true;
});
process.on('SIGTERM', () => {
  interrupted = true;
  for (const child of children) child.kill('SIGTERM');
});

/** Says what was promised; the demo ends where it was not kept. */
function expectThat(kept, text, output) {
  promise(kept, text);
  if (kept) return;
  throw new BrokenPromise(output.said.trim() || JSON.stringify(output.document));
}

/** One command of Shuttle: its exit code, the document it prints, and what the programs said. */
function command(folder, args) {
  const child = spawn(process.execPath, [shuttle, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  let printed = '';
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      children.delete(child);
      if (interrupted && args[0] !== 'vm') return reject(new BrokenPromise('interrupted'));
      resolve({ code, said, document: parsed(printed) });
    });
  });
}

const children = new Set();

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

async function shuttling(stage, args) {
  line(`   ${paint('dim', `$ shuttle ${args.map((arg) => (/[\s"*]/.test(arg) ? `'${arg}'` : arg)).join(' ')}`)}`);
  return during(stage.saying, command(stage.folder, [...args, '--json']));
}

const sayOrders = (output) => {
  for (const text of output.said.split(/\r?\n/).filter((each) => /^(orders|check):/.test(each)))
    detail(text.startsWith('check:') ? text : `the app says: ${text}`);
};

const aboutDatabase = (one) => one.op === 'tcp.connect' && one.object === DATABASE;

function expectBlocked(output, why) {
  sayOrders(output);
  const blocked = (output.document.blocked ?? []).find(aboutDatabase);
  expectThat(
    blocked !== undefined && blocked.from === 'app',
    `${why}: tcp.connect from app to ${DATABASE} was blocked`,
    output,
  );
  expectThat(
    output.code === 1 && output.document.exit_code === 1,
    'to the app it looked as if nobody listened: it failed',
    output,
  );
}

async function alone(stage) {
  heading(1, 'The app alone in its wall');
  const output = await shuttling({ ...stage, saying: 'no rules: the VMs cannot see each other' }, ['run', stage.file]);
  expectBlocked(output, 'no rule allows it');
}

async function learn(stage) {
  heading(2, `Learning, ${RUNS} runs`);
  const args = ['learn', '--runs', String(RUNS), stage.file];
  const output = await shuttling({ ...stage, saying: 'what crosses the wall is carried and recorded' }, args);
  sayOrders(output);
  const { interactions, rules = [], runs = [], run } = output.document;
  expectThat(output.code === 0, 'the app reached the database and did its work', output);
  expectThat(runs.length === RUNS, `${RUNS} runs recorded, ${interactions} interactions`, output);
  expectThat(
    rules.some((rule) => allows(rule)),
    'the rule the app needs was found',
    output,
  );
  return run;
}

const allows = (rule) =>
  [rule.allow].flat().includes('tcp.connect') && rule.object === DATABASE && rule.from.startsWith('app');

const WHY = `select op, object, vm || ' → ' || peer as who, verdict, source, count(*)::int as times
from interactions where op = 'tcp.connect' and verdict = 'shuttled' group by all`;

async function why(stage, run) {
  const output = await during('asking the record', command(stage.folder, ['query', run, WHY, '--json']));
  const rows = Array.isArray(output.document) ? output.document : [];
  expectThat(rows.some(aboutDatabase), 'the record says why:', output);
  table(
    ['operation', 'object', 'who', 'verdict', 'seen by', 'times'],
    rows.map((row) => Object.values(row)),
  );
}

const rulesOf = (stage) => parseDocument(readFileSync(join(stage.folder, stage.file), 'utf8'));

function show(stage) {
  heading(3, `The rules found, in ${stage.file}`);
  const rules = rulesOf(stage).toJS().rules ?? [];
  const seen = ({ evidence }) => (evidence ? `${evidence.runs} of ${evidence.of} runs` : '');
  const rows = rules.map((rule) => [
    rule.id,
    [rule.allow].flat().join(' '),
    rule.from,
    rule.to,
    rule.object,
    rule.state,
    seen(rule),
  ]);
  table(['id', 'allow', 'from', 'to', 'object', 'state', 'evidence'], rows);
  expectThat(rules.some(allows), 'the file holds the rule', { said: '', document: rules });
}

async function enforce(stage) {
  heading(4, 'Under those rules');
  const output = await shuttling({ ...stage, saying: 'only what the rules name is carried' }, ['run', stage.file]);
  sayOrders(output);
  expectThat(output.code === 0, 'the app reached the database and did its work', output);
  expectThat(!(output.document.blocked ?? []).some(aboutDatabase), 'nothing it needs was blocked', output);
}

/** The file without the rules that let the app reach the database; what else it holds stays as it is. */
function takeOut(stage) {
  const document = rulesOf(stage);
  const rules = document.get('rules');
  rules.items = rules.items.filter((rule) => !allows(rule.toJS(document)));
  writeFileSync(join(stage.folder, stage.file), document.toString({ lineWidth: 0 }));
}

async function without(stage) {
  heading(5, 'The same with that rule taken out');
  takeOut(stage);
  const output = await shuttling({ ...stage, saying: 'the wall again' }, ['run', stage.file]);
  expectBlocked(output, 'without the rule');
}

/** The Windows system where Wine is, else the Linux one, with the reason. */
async function choose() {
  const { findWine } = await import(join(root, 'dist/tracer/windows/wine.js'));
  const asked = process.env.SHUTTLE_DEMO === 'linux';
  if (asked || findWine() === null) {
    const why = asked ? 'SHUTTLE_DEMO=linux asks for them' : 'Wine is not to be had here';
    return { system: 'orders-linux', says: `PostgreSQL and Node for Linux (${why}), each in a VM of its own` };
  }
  return { system: 'orders', says: 'PostgreSQL for Windows and Node for Windows, each in a VM of its own' };
}

function copyOf(system) {
  const folder = mkdtempSync(join(tmpdir(), 'shuttle-demo-'));
  const own = (path) => !['programs', '.shuttle'].includes(basename(path));
  cpSync(join(root, 'fixtures/systems/orders'), folder, { recursive: true, filter: own });
  fetchPrograms(system, folder, (text) => line(`   ${paint('dim', text)}`));
  return { folder, file: `${system}.shuttle.yaml` };
}

async function main() {
  const { system, says } = await choose();
  line(`${paint('bold', 'Shuttle demo')}: ${says}`);
  const stage = copyOf(system);
  const began = Date.now();
  try {
    await alone(stage);
    await why(stage, await learn(stage));
    show(stage);
    await enforce(stage);
    await without(stage);
    line();
    line(`${paint('green', 'All as promised')} in ${Math.round((Date.now() - began) / 1000)} s.`);
  } finally {
    await during('removing the VMs', command(stage.folder, ['vm', 'remove', stage.file, '--json']));
    rmSync(stage.folder, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  if (interrupted) line('Interrupted. The VMs and all they wrote are removed.');
  else {
    for (const text of (error instanceof BrokenPromise ? error.message : error.stack).split('\n')) detail(text);
    line(paint('red', 'The demo did not keep its promises.'));
  }
  process.exitCode = interrupted ? 130 : 1;
}
