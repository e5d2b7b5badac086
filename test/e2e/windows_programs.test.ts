// Programs, documents and addresses that another VM has: the same inside one VM, learnt across two, under the learnt
// rules, and gone without. What is printed is what plain Wine gives.
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lab, PEOPLE, type Ran } from './lab.js';
import { buildWindows, expectRules, lacking, lines, rulesFor, why, words } from './windows_fixtures.js';

const TOOL = 'C:\\tools\\start_tool.exe';
const WINDOWS = 'C:\\windows\\system32\\cmd.exe';
const INVOKES = /^(program\.start|document\.open)$/;

describe.skipIf(lacking !== '')(`Windows programs of other VMs${why}`, () => {
  let lab: Lab, tools: string, paper: string;
  const user = () => buildWindows(lab, 'start_user', '-lshell32');
  const inWindows = (path: string) => `Z:${path.replaceAll('/', '\\')}`;
  const mounts = () => `mounts: { 'C:\\tools': ${tools} }`;

  // Each for itself: what another scenario of the same system did counts in what is learnt.
  beforeEach(() => {
    lab = new Lab(PEOPLE[0] as (typeof PEOPLE)[number], false);
    // Only the owner's VM is shown the folder, as C:\tools.
    tools = buildWindows(lab, 'start_tool', '-ladvapi32').replace(/\/[^/]*$/, '');
    paper = inWindows(lab.put('paper.lab', 'what it says'));
  });
  afterEach(() => lab.end());

  const oneVm = (...command: string[]): Ran => {
    const told = `${TOOL} register & ${[inWindows(user()), ...command].join(' ')}`;
    lab.system(`
shuttle: 1
system: lab
main: user
vms:
  user: { program: ${words(WINDOWS, '/c', told)}, ${mounts()} }
`);
    return lab.shuttle('learn', '--ephemeral');
  };
  const twoVms = (...command: string[]): string => `
shuttle: 1
system: lab
main: user
vms:
  owner: { program: ${words(TOOL, 'register', 'wait')}, ${mounts()}, ready: 'mutex.create Local\\lab-ready' }
  user: { program: ${words(user(), ...command)}, after: [owner] }
`;
  const rows = (ran: Ran, object: string) =>
    ran.rows.filter(
      (row) => row.vm === 'user' && INVOKES.test(row.op) && row.source !== 'seen' && row.object === object,
    );

  const runs = (...command: string[]) => {
    const alone = oneVm(...command);
    lab.system(twoVms(...command));
    const learnt = lab.shuttle('learn');
    const rules = rulesFor(lab, INVOKES);
    const all = rulesFor(lab, /./);
    const ruled = lab.shuttle('run');
    lab.without(({ allow }) => INVOKES.test(String(allow)));
    const without = lab.shuttle('run');
    const denied = lab.shuttle('learn', '--deny', '-o', `${lab.file}.denied`);
    return { alone, learnt, ruled, without, denied, rules, all };
  };

  test('a program: its words, streams, exit code, end', async () => {
    const { alone, learnt, ruled, without, denied, rules, all } = runs(TOOL);
    await expectRules(all, 'programs');
    expect(lines(alone)).toContain('word: two words');
    expect(lines(alone).slice(-3)).toEqual(['gone:', 'gone: 1', 'code 70002']);
    expect(rows(alone, TOOL)).toContainEqual(
      expect.objectContaining({ verdict: 'passed', peer: 'user', source: 'agent' }),
    );

    // Two streams into one pipe come in any order.
    for (const ran of [learnt, ruled]) expect(lines(ran).sort()).toEqual(lines(alone).sort());
    for (const [ran, rule] of [
      [learnt, null],
      [ruled, expect.any(String)],
    ] as const) {
      const found = rows(ran, TOOL);
      expect(found).toHaveLength(5);
      for (const row of found)
        expect(row).toMatchObject({ verdict: 'shuttled', peer: 'owner', source: 'engine', rule });
      expect(JSON.parse(found[0]?.detail ?? 'null')).toEqual({
        argv: [TOOL, 'say', 'one', 'two words', 'a "quote"', 'C:\\dir\\'],
      });
    }
    expect(rules).toEqual([{ allow: 'program.start', from: 'user', to: 'owner', object: TOOL }]);

    for (const ran of [without, denied]) {
      expect(lines(ran)).toContain('shout: error 2');
      expect(lines(ran).filter((line) => line.startsWith('code'))).toEqual([]);
      for (const row of rows(ran, TOOL)) expect(row).toMatchObject({ verdict: 'blocked', peer: 'owner' });
    }
    expect(
      rows(alone, 'C:\\no\\such.exe')
        .concat(rows(learnt, 'C:\\no\\such.exe'))
        .map(({ verdict }) => verdict),
    ).toEqual(['absent', 'absent']);
  }, 1_800_000);

  test('a rule may say with which words it is started', () => {
    lab.system(`${twoVms(TOOL)}
rules:
  - { id: shout, allow: program.start, from: user, to: owner, object: '${TOOL}', args: [shout], state: accepted }
`);
    const ran = lab.shuttle('run');
    expect(lines(ran)).toContain('FIRST LINE');
    expect(lines(ran)).toContain('stay: error 2');
  }, 600_000);

  test('a document and an address: what the other VM has registered for them opens them', async () => {
    const opened = [paper, 'lab:hello', 'nolab:x'];
    const { alone, learnt, ruled, without, denied, rules, all } = runs('open', ...opened);
    await expectRules(all, 'documents', lab);
    const said = (ran: Ran) => lines(ran).filter((line) => !/^(read|word|said)/.test(line));
    expect(said(alone)).toEqual([
      `${paper}: ended 1, code 70003`,
      'lab:hello: ended 1, code 70003',
      'nolab:x: error 2',
      'short: 1',
    ]);
    for (const ran of [learnt, ruled]) {
      expect(said(ran)).toEqual(said(alone));
      expect(lines(ran)).toContain('read: what it says');
      expect(lines(ran)).toContain('word: lab:hello');
      for (const name of [paper, 'lab:hello'])
        for (const row of rows(ran, name))
          expect(row).toMatchObject({ op: 'document.open', verdict: 'shuttled', peer: 'owner' });
    }
    const about = { allow: 'document.open', from: 'user', to: 'owner' };
    expect(rules).toEqual(
      expect.arrayContaining([
        { ...about, object: paper },
        { ...about, object: 'lab:hello' },
      ]),
    );
    expect(rules).toHaveLength(2);
    for (const ran of [without, denied]) {
      expect(lines(ran)).toContain('short: 0');
      expect(lines(ran)).toContain('lab:hello: error 2');
      for (const name of [paper, 'lab:hello'])
        expect(rows(ran, name)).toContainEqual(
          expect.objectContaining({ op: 'document.open', verdict: 'blocked', peer: 'owner' }),
        );
    }
  }, 1_800_000);

  test('a file named in its words: it may read that one, and nothing beside it', async () => {
    const FILE = 'C:\\letter.txt';
    const read = (ran: Ran) => lines(ran).filter((line) => /^(read:|no file)/.test(line));
    expect(read(oneVm('hand', TOOL, 'pry', FILE))).toEqual(['read: handed over', 'read: secret']);
    lab.system(twoVms('hand', TOOL, 'read', FILE));
    expect(read(lab.shuttle('learn'))).toEqual(['read: handed over']);
    const learnt = readFileSync(lab.file, 'utf8').split('rules:')[1] as string;
    await expectRules(rulesFor(lab, /./), 'names_argv');
    const under = (how: string, text = learnt) => {
      lab.system(`${twoVms('hand', TOOL, how, FILE)}rules:${text}`);
      return lab.shuttle('run');
    };
    const ruled = under('read');
    expect(read(ruled)).toEqual(['read: handed over']);
    expect(ruled.rows).toContainEqual(
      expect.objectContaining({ vm: 'owner', op: 'file.read', object: FILE, verdict: 'shuttled', peer: 'user' }),
    );
    expect(read(under('pry'))).toEqual(['read: handed over', 'no file']);
    lab.without(({ allow }) => allow === 'name.pass');
    expect(read(lab.shuttle('run'))).toEqual(['no file', 'no file']);
  }, 1_800_000);
});
