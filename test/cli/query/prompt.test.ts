// The prompt as a person meets it, and what the command does with standard input and files.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tableFromIPC } from 'apache-arrow';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { placeReview } from '../review_place.js';
import { hasTmux, Terminal } from '../terminal.js';

const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
let folder: string;
let terminal: Terminal | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shuttle-query-'));
  placeReview(folder);
});
afterEach(() => {
  terminal?.close();
  terminal = null;
  rmSync(folder, { recursive: true });
});

const FILE = 'orders.shuttle.yaml';
const history = () => join(folder, 'state/shuttle/query_history');

function shuttle(input: string, ...args: string[]) {
  const env = { ...process.env, XDG_STATE_HOME: join(folder, 'state') };
  const done = spawnSync(process.execPath, [main, 'query', ...args], { cwd: folder, env, input });
  return {
    code: done.status,
    out: done.stdout.toString('utf8'),
    error: done.stderr.toString('utf8'),
    bytes: done.stdout,
  };
}

describe('without a terminal', () => {
  test('SQL comes from standard input, a system file stands for all its runs', () => {
    expect(shuttle('select 1;\nselect count(*) as n from runs;', FILE, '--json')).toMatchObject({
      code: 0,
      out: '[\n  {\n    "n": 3\n  }\n]\n',
    });
  });

  test.each<[string, string[], string, number, string]>([
    ['no SQL', [FILE], '  -- nothing\n', 2, 'SQL is wanted'],
    ['no runs', ['select 1'], '', 2, 'runs are wanted'],
    ['two formats', [FILE, 'select 1', '--json', '--format', 'csv'], '', 2, 'contradict each other'],
    ['a format there is not', [FILE, 'select 1', '--format', 'cvs'], '', 2, 'did you mean csv?'],
    ['a word that is neither run nor SQL', [FILE, 'selct'], '', 125, 'selct: no such run'],
    ['a command that is none', [FILE, '.scema'], '', 125, 'did you mean .schema?'],
    ['a table that is none', [FILE, '.schema rule'], '', 125, 'did you mean rules?'],
    ['a file in no folder', [FILE, 'from runs', '-o', 'no/x.csv', '--format', 'csv'], '', 125, 'ANSWER_UNWRITABLE'],
  ])('%s is refused', (_, args, input, code, says) => {
    const done = shuttle(input, ...args);
    expect(done.code).toBe(code);
    expect(done.error).toContain(says);
  });

  test('formats, onto standard output and into files alike', () => {
    const sql = "select run, outcome from runs where run like '%-0000'";
    expect(shuttle('', FILE, sql, '--format', 'csv').out).toBe('run,outcome\n20261122T101500Z-0000,ok\n');
    expect(shuttle('', FILE, sql, '--format', 'table', '-o', 'x.txt')).toMatchObject({ code: 0, out: '', error: '' });
    expect(readFileSync(join(folder, 'x.txt'), 'utf8')).toBe(
      'run                    outcome\n20261122T101500Z-0000  ok\n',
    );
    expect(shuttle('', FILE, sql, '--format', 'parquet').bytes.subarray(0, 4).toString()).toBe('PAR1');
    const printed = tableFromIPC(shuttle('', FILE, sql, '--format', 'arrow').bytes);
    expect(printed.get(0)?.toJSON()).toEqual({ run: '20261122T101500Z-0000', outcome: 'ok' });
    expect(shuttle('', FILE, sql, '--format', 'json', '-o', 'x.json')).toMatchObject({ code: 0, out: '', error: '' });
    expect(JSON.parse(readFileSync(join(folder, 'x.json'), 'utf8'))).toEqual([printed.get(0)?.toJSON()]);
  });

  test("'.schema' says what each column is", () => {
    expect(shuttle('', FILE, '.schema rule_rows').out).toContain(
      'rule_rows  seq     the interaction, as in interactions',
    );
  });
});

describe.skipIf(!hasTmux)('in a terminal (skipped where tmux is missing)', () => {
  const begin = async (): Promise<Terminal> => {
    terminal = new Terminal(folder, '100x30', ['query', FILE], { XDG_STATE_HOME: join(folder, 'state') });
    await terminal.showing('shuttle>');
    return terminal;
  };

  test('statements of several lines, completion, history over sessions, Ctrl-D', async () => {
    const first = await begin();
    first.type('select verd').press('Tab');
    await first.showing('select verdict');
    first.type(', count(*) as n').press('Enter');
    await first.showing('...>');
    first.type('from interac').press('Tab');
    await first.showing('from interactions');
    first.type("where op = 'unix.connect' group by all;").press('Enter');
    const screen = await first.showing('1 row,');
    expect(screen).toContain('verdict   n\nshuttled  2');
    first.type('.sch').press('Tab');
    await first.showing('.schema');
    first.type('rule_rows').press('Enter');
    await first.showing('the interaction, as in');
    first.press('C-d');
    await first.showing('left with 0');
    first.close();
    expect(statSync(history()).mode & 0o777).toBe(0o600);
    const second = await begin();
    second.press('Up', 'Up');
    await second.showing("select verdict , count(*) as n from interactions where op = 'unix.connect' group by all;");
    second.press('Enter');
    await second.showing('1 row,');
  });

  test('Ctrl-C cancels what is answered, then what is typed, and leaves nothing', async () => {
    const here = await begin();
    here.type('select count(*) from range(1000000000000) a where a.range % 7 = 3;').press('Enter');
    const waiting = setInterval(() => here.press('C-c'), 300); // the first may come before the question is asked
    await here.showing('cancelled');
    clearInterval(waiting);
    here.type('select nonsense').press('C-c');
    await here.showing(/nonsense\nshuttle>/);
    here.type("select 'still here' as x;").press('Enter');
    await here.showing('1 row,');
  });

  test('what fails is said, and the prompt stays', async () => {
    const here = await begin();
    here.type('selekt 1;').press('Enter');
    await here.showing('syntax error');
    here.type('.formt').press('Enter');
    await here.showing('did you mean .format?');
    here.type('.format parquet').press('Enter');
    here.type('from runs;').press('Enter');
    await here.showing('parquet is not for terminals');
    here.type('.output x.parquet').press('Enter');
    here.type('from runs;').press('Enter');
    await here.showing('written in x.parquet');
    expect(existsSync(join(folder, 'x.parquet'))).toBe(true);
    here.type('.quit').press('Enter');
    await here.showing('left with 0');
  });

  test('a state folder that cannot be written is no reason not to ask', async () => {
    writeFileSync(join(folder, 'state'), 'a file');
    const here = await begin();
    here.type('select 42 as x;').press('Enter');
    await here.showing('1 row,');
  });
});
