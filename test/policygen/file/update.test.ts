// What Shuttle writes into a file that a person keeps.
import { describe, expect, test } from 'vitest';
import type { Rule } from '../../../policygen/file/model.js';
import { checkSystemFile } from '../../../policygen/file/parse.js';
import { printSystem } from '../../../policygen/file/print.js';
import { updateRules } from '../../../policygen/file/update.js';
import { ORDERS, withRules } from './orders.js';
import { rule, rulesOf } from './rules.js';

/** The lines that differ: those taken out with -, those put in with +. */
function difference(before: string, after: string): string[] {
  const [a, b] = [before.split('\n'), after.split('\n')];
  let head = 0;
  while (head < Math.min(a.length, b.length) && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < Math.min(a.length, b.length) - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  return [
    ...a.slice(head, a.length - tail).map((line) => `-${line}`),
    ...b.slice(head, b.length - tail).map((line) => `+${line}`),
  ];
}

describe('only what changed is rewritten', () => {
  const [appDb] = rulesOf(ORDERS);
  const change = (more: Partial<Rule>) => difference(ORDERS, updateRules(ORDERS, [{ ...appDb!, ...more }]));

  test('nothing', () => expect(updateRules(ORDERS, rulesOf(ORDERS))).toBe(ORDERS));

  test('a state, beside its comment', () => {
    expect(change({ state: 'refused' })).toEqual([
      '-    state: accepted            # proposed, accepted, refused',
      '+    state: refused            # proposed, accepted, refused',
    ]);
  });

  test('one number of the evidence', () => {
    expect(change({ evidence: { ...appDb!.evidence, runs: 6 } })).toEqual([
      '-    evidence: { runs: 5, of: 5, times: 41, first: 2026-11-22T10:00:00Z, last: 2026-11-22T11:00:00Z }',
      '+    evidence: { runs: 6, of: 5, times: 41, first: 2026-11-22T10:00:00Z, last: 2026-11-22T11:00:00Z }',
    ]);
  });

  test('a new key, where it belongs', () => {
    expect(change({ carry: 'relay' })).toEqual(['+    carry: relay']);
    expect(change({ note: 'why: #4' })).toEqual(["+    note: 'why: #4'"]);
    const text = updateRules(ORDERS, [{ ...appDb!, carry: 'relay' }]);
    expect(text.indexOf('carry')).toBeLessThan(text.indexOf('state: accepted'));
  });

  test('an operation becomes a list', () => {
    expect(change({ allow: ['tcp.connect', 'udp.send'] })).toEqual([
      '-    allow: tcp.connect',
      '+    allow: [tcp.connect, udp.send]',
    ]);
  });

  test('a key that goes', () => {
    const { evidence: _, ...rest } = appDb!;
    expect(difference(ORDERS, updateRules(ORDERS, [rest]))).toEqual([
      '-    evidence: { runs: 5, of: 5, times: 41, first: 2026-11-22T10:00:00Z, last: 2026-11-22T11:00:00Z }',
    ]);
  });

  test('a new rule, last', () => {
    expect(difference(ORDERS, updateRules(ORDERS, [appDb!, rule('new', { object: 'C:\\a b' })]))).toEqual([
      '+  - id: new',
      '+    allow: tcp.connect',
      '+    from: app',
      '+    to: db',
      "+    object: 'C:\\a b'",
      '+    state: proposed',
      '+    needed: seen',
    ]);
  });

  test('the order of the file stays, whatever order the rules come in', () => {
    const two = updateRules(ORDERS, [appDb!, rule('z'), rule('a')]);
    expect(updateRules(two, [...rulesOf(two)].reverse())).toBe(two);
  });

  test('the last rule taken out leaves an empty list, and the next one makes it a list again', () => {
    const none = updateRules(ORDERS, []);
    expect(none.endsWith('rules: []\n')).toBe(true);
    expect(updateRules(none, [rule('a')])).toContain('rules:\n  - id: a\n');
  });
});

describe('layouts', () => {
  const head = 'shuttle: 1\nmain: app\nvms: { app: { program: [a] }, db: { program: [b] } }\n';
  const written =
    '- id: a\n  allow: tcp.connect\n  from: app\n  to: db\n  object: db:1\n  state: proposed\n  needed: seen\n';
  const deeper = written.replaceAll(/^/gm, '  ').trimEnd();
  test.each([
    ['no key', head, `${head}rules:\n${deeper}\n`],
    ['no key, no line end', head.trimEnd(), `${head}rules:\n${deeper}\n`],
    ['a key with nothing', `${head}rules:\n`, `${head}rules:\n${deeper}\n`],
    ['a key with nothing and a comment', `${head}rules: # none yet\n`, `${head}rules: # none yet\n${deeper}\n`],
    ['an empty list', `${head}rules: [] # none yet\n`, `${head}rules: # none yet\n${deeper}\n`],
    ['an empty list in the middle', `${head}rules: []\ncheck: x\n`, `${head}rules:\n${deeper}\ncheck: x\n`],
    [
      'Windows line ends',
      `${head}rules:\n`.replaceAll('\n', '\r\n'),
      `${head}rules:\n${deeper}\n`.replaceAll('\n', '\r\n'),
    ],
  ])('%s', (_name, before, after) => expect(updateRules(before, [rule('a')])).toBe(after));

  const flow = '{ id: b, allow: dns.resolve, from: app, to: net, object: x, state: proposed, needed: seen }';
  test.each([
    ['dashes without indentation', `${head}rules:\n- ${flow}\n`, `${head}rules:\n- ${flow}\n${written}`],
    [
      'dashes further in',
      `${head}rules:\n    - ${flow}\n`,
      `${head}rules:\n    - ${flow}\n${written.replaceAll(/^(?=.)/gm, '    ')}`,
    ],
    ['no line end', `${head}rules:\n- ${flow}`, `${head}rules:\n- ${flow}\n${written}`],
    [
      'a comment at the end',
      `${head}rules:\n- ${flow}\n# the end\n`,
      `${head}rules:\n- ${flow}\n${written}# the end\n`,
    ],
    ['another key after', `${head}rules:\n- ${flow}\n\ncheck: x\n`, `${head}rules:\n- ${flow}\n${written}\ncheck: x\n`],
    [
      'a list on one line',
      `${head}rules: [${flow}] # all\n`,
      `${head}rules: [${flow}, { id: a, allow: tcp.connect, from: app, to: db, object: db:1, state: proposed, needed: seen }] # all\n`,
    ],
  ])('%s', (_name, before, after) => expect(updateRules(before, [...rulesOf(before), rule('a')])).toBe(after));

  test('a rule on one line gets a key and loses one', () => {
    const text = `${head}rules:\n- ${flow} # mine\n`;
    const [only] = rulesOf(text);
    const noted = updateRules(text, [{ ...only!, note: 'hm' }]);
    expect(noted).toBe(text.replace('needed: seen', 'needed: seen, note: hm'));
    expect(updateRules(noted, [only!])).toBe(text);
  });

  test('values over several lines', () => {
    const text = withRules(
      '  # first',
      '  - id: a',
      '    allow: # which',
      '      - tcp.connect # one',
      '      - udp.send',
      '    from: app',
      '    to: db',
      '    object: >-',
      '      db:1',
      '    note: |',
      '      several',
      '      lines',
      '    # inside',
      '  # between',
      '  - { id: b, allow: dns.resolve, from: app, to: net, object: x }',
    );
    const [a, b] = rulesOf(text);
    const { note: _, ...rest } = a!;
    const changed = updateRules(text, [{ ...rest, allow: ['tcp.connect'], object: 'db:2' }, b!]);
    expect(rulesOf(changed)).toEqual([{ ...rest, allow: ['tcp.connect'], object: 'db:2' }, b]);
    for (const comment of ['# first', '# which', '# inside', '# between']) expect(changed).toContain(comment);
    const without = updateRules(text, [b!]);
    expect(rulesOf(without)).toEqual([b]);
    for (const comment of ['# first', '# inside', '# between']) expect(without).toContain(comment);
  });

  test('a rule that stays keeps even odd ways of writing', () => {
    const text = withRules(
      '  - "id": a',
      "    'allow' : tcp.connect",
      '    from:   app',
      '    to: !!str db'.replace('!!str ', ''),
      '    "object": "db:1"   # quoted',
      '  - { id: b, allow: tcp.connect, from: app, to: db, object: db:2, }',
    );
    const changed = updateRules(text, [...rulesOf(text), rule('c')]);
    expect(changed.startsWith(text)).toBe(true);
  });

  test('a file on one line is written anew, rules and all', () => {
    const text = '{ shuttle: 1, vms: { app: { program: [a] }, db: { program: [b] } }, main: app }\n';
    expect(rulesOf(updateRules(text, [rule('a')]))).toEqual([rule('a')]);
  });

  test('a document end mark', () => {
    const text = `${head}...\n`;
    expect(rulesOf(updateRules(text, [rule('a')]))).toEqual([rule('a')]);
  });
});

test('a text that is no system file is refused', () => {
  expect(() => updateRules('shuttle: 1\n', [], 'a.yaml')).toThrow('a.yaml:1:1: the key vms is missing');
});

test('a new file', () => {
  const vms = { app: { program: ['./my app.exe', '--port', '8080'], windows: 'win10' as const } };
  const text = printSystem({ system: 'my-app', main: 'app', vms, rules: [rule('r', { to: 'net' })] });
  expect(text.replace(/^#.*\n/, '')).toBe(`shuttle: 1
system: my-app
main: app
vms:
  app:
    program: ['./my app.exe', '--port', '8080']
    windows: win10
rules:
  - id: r
    allow: tcp.connect
    from: app
    to: net
    object: db:1
    state: proposed
    needed: seen
`);
  expect(checkSystemFile(text, 'f').complaints).toEqual([]);
});
