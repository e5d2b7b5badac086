// The review as a person sees it: the real program in a terminal. docs/review.md shows the same screens.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FILE, placeReview } from './review_place.js';
import { hasTmux, Terminal } from './terminal.js';

let folder: string;
let file: string;
let terminal: Terminal | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shuttle-review-'));
  file = placeReview(folder);
});
afterEach(() => {
  terminal?.close();
  terminal = null;
  rmSync(folder, { recursive: true });
});

const docs = readFileSync(new URL('../../docs/review.md', import.meta.url), 'utf8');
const frame = (name: string) => fileURLToPath(new URL(`frames/${name}.txt`, import.meta.url));
const text = () => readFileSync(file, 'utf8');

async function begin(size: string, ...more: string[]): Promise<Terminal> {
  terminal = new Terminal(folder, size, ['review', 'orders.shuttle.yaml', '--by', 'bob', ...more]);
  await terminal.showing('? help');
  return terminal;
}

describe.skipIf(!hasTmux)('in a terminal (skipped where tmux is missing)', () => {
  test.each(['60x20', '80x24', '200x60'])('the first screen at %s', async (size) => {
    const screen = (await begin(size)).screen();
    await expect(`${screen}\n`).toMatchFileSnapshot(frame(`first-${size}`));
    const [columns, rows] = size.split('x').map(Number) as [number, number];
    expect(screen.split('\n').length).toBeLessThanOrEqual(rows);
    expect(Math.max(...screen.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
    if (size === '80x24') expect(docs).toContain(screen);
  });

  test.each<[string, string, string[], string]>([
    ['evidence', '80x24', ['G', 'Enter'], '26 bytes'],
    [
      'edit',
      '80x24',
      ['Tab', 'Tab', 'e', 'C-u', '/', 'r', 'u', 'n', '/', '{', 'n', 'a', 'm', 'e', '}'],
      'edit: /run/{name}',
    ],
    ['wrong', '60x20', ['e', '{'], 'not a pattern'],
    ['help', '80x24', ['?'], 'propose again'],
    ['leaving', '60x20', ['a', 'q'], 'Not saved yet'],
    ['refused', '80x24', ['r', 'Tab', 'w'], 'widened to'],
  ])('%s', async (name, size, keys, shows) => {
    const here = await begin(size);
    here.press(...keys);
    await here.showing(shows);
    const screen = here.screen();
    await expect(`${screen}\n`).toMatchFileSnapshot(frame(name));
    if (size === '80x24' && name !== 'help') expect(docs).toContain(screen);
  });

  test('a decision is saved, and nothing else of the file changes', async () => {
    const here = await begin('80x24');
    here.press('a');
    await here.showing('accepted: shop');
    expect(text()).toBe(FILE);
    here.press('s');
    await here.showing('saved');
    here.press('q');
    await here.showing('left with 0');
    const [before, after] = [FILE.split('\n'), text().split('\n')];
    const differing = after.filter((line, at) => line !== before[at]);
    expect(differing).toHaveLength(1);
    expect(differing[0]).toMatch(/state: accepted.*decided: \{ by: bob, at: 20.*Z \} \} # why\?$/);
    expect(here.screen()).not.toContain('to decide');
  });

  test('leaving without saving leaves the file', async () => {
    const here = await begin('60x20');
    here.press('r', 'q');
    await here.showing('Not saved yet');
    here.press('Escape');
    await here.showing('? help');
    here.press('q');
    await here.showing('Not saved yet');
    here.press('d');
    await here.showing('left with 0');
    expect(text()).toBe(FILE);
  });

  test('what was changed on disk meanwhile stays; what contradicts is asked about', async () => {
    const here = await begin('80x24');
    here.press('a');
    await here.showing('accepted: shop');
    writeFileSync(
      file,
      text().replace('# The orders system.', '# Orders.').replace('id: job, allow', 'id: job, state: refused, allow'),
    );
    here.press('s');
    await here.showing('saved, with what had changed on disk');
    expect(text()).toContain('# Orders.');
    expect(text()).toMatch(/id: job, state: refused/);
    expect(text()).toMatch(/id: shop.*state: accepted/);
    here.press('G', 'r');
    await here.showing('refused: app-db');
    writeFileSync(file, text().replace('state: proposed\n    needed: proven', 'state: accepted\n    needed: proven'));
    here.press('s');
    await here.showing('you and it say different things');
    expect(text()).not.toContain('state: refused\n    needed: proven');
    here.press('s');
    await here.showing('saved, with what');
    expect(text()).toContain('state: refused\n    needed: proven');
  });

  test('a file that is none any more, or cannot be written, is told and not lost', async () => {
    const here = await begin('80x24');
    here.press('a');
    await here.showing('accepted: shop');
    appendFileSync(file, 'oops: 1\n');
    here.press('s');
    await here.showing('not saved: the file on disk is none any more');
    expect(text()).toBe(`${FILE}oops: 1\n`);
    rmSync(file);
    here.press('s');
    await here.showing('cannot be read');
    here.press('q');
    await here.showing('Not saved yet');
  });

  test('any size, and back', async () => {
    const here = await begin('80x24');
    here.resize('20x5');
    await here.showing('too small');
    here.resize('60x20');
    await here.showing(/^orders.shuttle.yaml/);
    await here.showing('? help');
    here.resize('120x40');
    await here.showing('f filter');
  });

  test('without colour no colour is sent', async () => {
    terminal = new Terminal(folder, '80x24', ['review', 'orders.shuttle.yaml'], { NO_COLOR: '1' });
    await terminal.showing('to decide');
    const start = String.fromCharCode(27);
    const codes = [...terminal.screen('-e').matchAll(new RegExp(`${start}\\[([0-9;]*)m`, 'g'))].flatMap(
      ([, code = '']) => code.split(';'),
    );
    expect(codes.filter((code) => /^(3|4|9)\d$/.test(code) && code !== '39' && code !== '49')).toEqual([]);
  });

  test('names move no cursor and turn no writing', async () => {
    writeFileSync(file, FILE.replace('object: /etc/orders/main.conf', 'object: "/a\\e[2J\\u202Eb\\u200F界界/{rest}"'));
    const screen = (await begin('120x40')).screen();
    expect(screen).toContain('\\u{1b}[2J\\u{202e}b\\u{200f}界界');
  });

  test('line by line', async () => {
    terminal = new Terminal(folder, '80x24', ['review', 'orders.shuttle.yaml', '--plain', '--by', 'bob']);
    await terminal.showing('a accept, r refuse');
    terminal.type('a').press('Enter');
    await terminal.showing('accepted: shop');
    terminal.type('f').press('Enter');
    await terminal.showing('filter, or nothing');
    terminal.type('to=db').press('Enter');
    await terminal.showing('app.exe talks to db over TCP 5544, in 3 of 3 runs, 41 times');
    terminal.type('nonsense').press('Enter');
    await terminal.showing('not a command: nonsense');
    terminal.type('q').press('Enter');
    await terminal.showing('not saved yet');
    terminal.type('s').press('Enter');
    await terminal.showing('left with 0');
    expect(text()).toMatch(/id: shop.*state: accepted/);
  });
});
