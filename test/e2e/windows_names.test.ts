// A file's name that one Windows program tells another: what it names can be opened where it was told, by a rule, and
// nothing beside it; told over a pipe, in WM_COPYDATA, over DDE and by the
// clipboard.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, PEOPLE, type Ran } from './lab.js';
import {
  buildEnds,
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

const FILE = 'C:\\lab\\handed over.txt';
// As where there is not even such a folder.
const GONE = 'told: error 3';
const build = (lab: Lab) => buildEnds(lab, 'names', '-luser32');

interface Way {
  how: string;
  /** Who reaches out to whom to tell, and what makes the other start. */
  op: string;
  object: string;
  first: 'teller' | 'reader';
  ready: string;
}

const WAYS: readonly Way[] = [
  {
    how: 'pipe',
    op: 'pipe.connect',
    object: '\\\\.\\pipe\\lab-names',
    first: 'teller',
    ready: 'pipe.serve \\\\.\\pipe\\lab-names',
  },
  { how: 'copydata', op: 'window.send', object: 'lab-reader', first: 'reader', ready: 'window.find lab-reader' },
  {
    how: 'clipboard',
    op: 'clipboard.read',
    object: 'CF_UNICODETEXT',
    first: 'teller',
    ready: 'window.find lab-written',
  },
  { how: 'dde', op: 'dde.connect', object: 'lab-names|files', first: 'teller', ready: 'window.find lab-written' },
];

function inTwoVms(lab: Lab, { how, first, ready }: Way, reads = '', tells = ''): string {
  const [teller, reader] = build(lab);
  const second = first === 'teller' ? 'reader' : 'teller';
  const keys = { [first]: `ready: '${ready}'`, [second]: `after: [${first}]` };
  return `
shuttle: 1
system: lab
main: reader
vms:
  teller: { program: ${words(teller, 'tell', how, tells)}, ${keys.teller} }
  reader: { program: ${words(reader, 'read', how, reads)}, ${keys.reader} }
`;
}

const opened = (ran: Ran, name = FILE) =>
  ran.rows.filter(({ vm, op, object }) => vm === 'reader' && op === 'file.read' && object === name);

describe.skipIf(lacking !== '').each(WAYS)(`a name told by $how${why}`, (way) => {
  let one: Lab, two: Lab;
  let alone: Ran, learnt: Ran, ruled: Ran, pried: Ran, untold: Ran, without: Ran, denied: Ran;
  let rules: Record<string, unknown>[], all: Record<string, unknown>[];

  beforeAll(() => {
    const who = PEOPLE[0] as (typeof PEOPLE)[number];
    [one, two] = [new Lab(who, false), new Lab(who, false)];
    const [tell, read] = build(one).map(onZ);
    inOneVm(one, `start /b ${tell} tell ${way.how} >nul & ${read} read ${way.how} pry`);
    two.system(inTwoVms(two, way));
    const halfway = () => {
      const learntRules = readFileSync(two.file, 'utf8').split('rules:')[1] as string;
      const again = (reads: string, tells = '') => {
        two.system(`${inTwoVms(two, way, reads, tells)}rules:${learntRules}`);
        return two.shuttle('run');
      };
      pried = again('pry');
      untold = again('guess', 'mum');
      two.system(`${inTwoVms(two, way)}rules:${learntRules}`);
    };
    const runs = fiveRuns(one, two, /^name\.pass$/, halfway, '--timeout', '30');
    ({ alone, learnt, ruled, without, denied, rules, all } = runs);
  }, 1_800_000);
  afterAll(() => {
    one.end();
    two.end();
  });

  test('is a name like any other inside one VM', () => {
    expect(lines(alone)).toEqual(['told: handed over', 'beside: secret']);
  });

  test.each(['learning', 'under the rules'])('%s: its file can be read', (when) => {
    const ran = when === 'learning' ? learnt : ruled;
    expect(lines(ran)).toEqual(['told: handed over']);
    const rule = when === 'learning' ? null : expect.any(String);
    expect(opened(ran)).toContainEqual(
      expect.objectContaining({ verdict: 'shuttled', peer: 'teller', source: 'engine', rule }),
    );
  });

  test('becomes a rule that names what brought it', () => {
    const carrier = expect.stringContaining(way.op.replace('.', '-'));
    expect(rules).toEqual([
      { allow: 'name.pass', from: 'teller', to: 'reader', object: FILE, access: ['read'], carrier },
    ]);
  });

  test('and nothing beside it: what the expected file says', () => expectRules(all, `names_${way.how}`));

  test('what lies beside it is not there, nor is what nobody told of', () => {
    expect(lines(pried)).toEqual(['told: handed over', 'beside: error 3']);
    expect(lines(untold)).toEqual([GONE]);
  });

  test.each(['without the rule', 'denied'])('%s: it is not there', (which) => {
    const ran = which === 'denied' ? denied : without;
    expect(opened(ran).filter(({ verdict }) => verdict === 'shuttled')).toEqual([]);
    // Where nothing at all is carried the name is not told either.
    if (which === 'denied') expect(lines(ran)).not.toContain('told: handed over');
    else expect(lines(ran)).toEqual([GONE]);
  });

  test('nothing was lost', () => lostNothing([alone, learnt, ruled, pried, untold, without]));
});
