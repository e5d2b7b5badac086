// Clipboards of Windows programs: read inside one VM, learnt across two, under the learnt rules, and gone without; what is
// rendered late; and writing into another VM's, by a rule alone.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Lab, PEOPLE, type Ran } from './lab.js';
import {
  buildWindows,
  expectRules,
  fiveRuns,
  inOneVm,
  lacking,
  lines,
  lostNothing,
  onZ,
  why,
  words,
} from './windows_fixtures.js';

const SEEN = [
  'available: 1',
  'priority: 13',
  'text: same, 22',
  'text: same, 22',
  'own format: same, 100000',
  'other format: none',
];
const EMPTY = [
  'available: 0',
  'priority: 0',
  'text: none, 0',
  'text: none, 0',
  'own format: none, 0',
  'other format: none',
];
const build = (lab: Lab, name: string) => buildWindows(lab, name, '-luser32');
const first = PEOPLE[0] as (typeof PEOPLE)[number];
const rows = (ran: Ran, op: string, vm: string) => ran.rows.filter((row) => row.op === op && row.vm === vm);

function inTwoVms(lab: Lab, how: string): void {
  lab.system(`
shuttle: 1
system: lab
main: reader
vms:
  writer: { program: ${words(build(lab, 'clipboard_writer'), how)}, ready: 'window.find lab-written' }
  reader: { program: ${words(build(lab, 'clipboard_reader'))}, after: [writer] }
`);
}

describe.skipIf(lacking !== '')(`clipboards${why}`, () => {
  let one: Lab, two: Lab;
  let alone: Ran, learnt: Ran, ruled: Ran, some: Ran, without: Ran, denied: Ran;
  let rules: Record<string, unknown>[], all: Record<string, unknown>[];

  beforeAll(() => {
    one = new Lab(first, false);
    two = new Lab(first, false);
    const [writer, reader] = ['clipboard_writer', 'clipboard_reader'].map((name) => onZ(build(one, name)));
    inOneVm(one, `start /b ${writer} data >nul & ${reader} both`);
    inTwoVms(two, 'late');
    const halfway = () => {
      two.without(({ object }) => object === 'lab-format');
      some = two.shuttle('run');
    };
    ({ alone, learnt, ruled, without, denied, rules, all } = fiveRuns(one, two, /^clipboard\.read$/, halfway));
  }, 1_800_000);
  afterAll(() => {
    one.end();
    two.end();
  });

  test('are read inside one VM, where it is seen', () => {
    expect(lines(alone)).toEqual(SEEN);
    const read = rows(alone, 'clipboard.read', 'one').filter(({ object }) => object === 'CF_UNICODETEXT');
    expect(read).toContainEqual(expect.objectContaining({ verdict: 'passed', source: 'agent' }));
  });

  test.each(['learning', 'under the rules'])('%s: read across VMs, rendered when it is', (how) => {
    const ran = how === 'learning' ? learnt : ruled;
    expect(lines(ran)).toEqual(SEEN);
    expect(ran.err).toContain('writer: rendered');
    const rule = how === 'learning' ? null : expect.any(String);
    for (const object of ['CF_UNICODETEXT', 'lab-format'])
      expect(rows(ran, 'clipboard.read', 'reader')).toContainEqual(
        expect.objectContaining({ object, verdict: 'shuttled', peer: 'writer', status: 0, rule }),
      );
  });

  test('become a rule each', () => {
    const said = rules.map(({ allow, from, to, object }) => `${from} to ${to}: ${allow} ${object}`).sort();
    expect(said).toEqual(['CF_UNICODETEXT', 'lab-format'].map((what) => `reader to writer: clipboard.read ${what}`));
  });

  test('and beside them what the expected file says', () => expectRules(all, 'clipboard'));

  test('a format without its rule is not there', () => {
    expect(lines(some)).toEqual(SEEN.map((line) => (line.startsWith('own') ? 'own format: none, 0' : line)));
    expect(rows(some, 'clipboard.read', 'reader')).toContainEqual(
      expect.objectContaining({ object: 'lab-format', verdict: 'blocked', peer: 'writer' }),
    );
  });

  test.each(['denied', 'without a rule'] as const)('%s: empty, and the record says it was kept', (which) => {
    const ran = which === 'denied' ? denied : without;
    expect(lines(ran)).toEqual(EMPTY);
    expect(ran.err).not.toContain('writer: rendered');
    expect(rows(ran, 'clipboard.read', 'reader')).toContainEqual(
      expect.objectContaining({ object: 'CF_UNICODETEXT', verdict: 'blocked', peer: 'writer' }),
    );
  });

  test('nothing was lost', () => lostNothing([alone, learnt, ruled, some, without, denied]));
});

// Never learnt: what a program puts on its own clipboard is meant for others only where a person says so.
describe.skipIf(lacking !== '')(`writing into another VM’s clipboard${why}`, () => {
  let lab: Lab;
  beforeEach(() => {
    lab = new Lab(first, false);
  });
  afterEach(() => lab.end());

  function system(wanted: string, ...formats: string[]): void {
    const rules = formats.map(
      (object) =>
        `  - { id: ${object.toLowerCase().replace('_', '-')}, allow: clipboard.write, from: writer, to: reader, object: ${object}, state: accepted }`,
    );
    lab.system(`
shuttle: 1
system: lab
main: reader
vms:
  reader: { program: ${words(build(lab, 'clipboard_reader'), wanted)}, ready: 'window.find lab-reader' }
  writer: { program: ${words(build(lab, 'clipboard_writer'), 'data')}, after: [reader] }
rules:
${rules.join('\n')}
`);
  }
  const written = (ran: Ran) =>
    rows(ran, 'clipboard.write', 'writer').filter(({ verdict, peer }) => verdict === 'shuttled' && peer === 'reader');

  test('with rules for both formats, both are there', () => {
    system('both', 'CF_UNICODETEXT', 'lab-format');
    const ran = lab.shuttle('run');
    expect(lines(ran)).toEqual(SEEN);
    expect(written(ran).map(({ object, rule }) => [object, rule])).toEqual([
      ['lab-format', 'lab-format'],
      ['CF_UNICODETEXT', 'cf-unicodetext'],
    ]);
  }, 600_000);

  test('with a rule for one format, the other is not there', () => {
    system('own', 'lab-format');
    const ran = lab.shuttle('run');
    expect(lines(ran)).toEqual([...EMPTY.slice(0, 1), 'priority: -1', ...EMPTY.slice(2, 4), ...SEEN.slice(4)]);
    expect(written(ran).map(({ object }) => object)).toEqual(['lab-format']);
  }, 600_000);
});
