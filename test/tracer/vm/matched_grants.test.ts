import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPattern } from '../../../analyzer/pattern/text.js';
import { type CompiledRule, NO_CONDITIONS } from '../../../native/contract/rules.js';
import { addon } from '../../../native/engine.js';
import { matchedGrants } from '../../../tracer/vm/matched_grants.js';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'shuttle matched '));
  for (const folder of ['lib/deep/er', 'keys', 'out']) mkdirSync(join(root, folder), { recursive: true });
  for (const name of ['lib/a.py', 'lib/b.txt', 'lib/deep/c.py', 'lib/deep/er/d.py', 'keys/k.py', 'out/o.py'])
    writeFileSync(join(root, name), name);
  symlinkSync('a.py', join(root, 'lib/link.py'));
});
afterAll(() => rmSync(root, { recursive: true }));

type Rule = [ops: string, pattern: string, more?: Partial<CompiledRule>];

function grants(given: readonly Rule[], closed: readonly string[] = []): string[] {
  const rules = given.map(([ops, pattern, more], at): CompiledRule => {
    const object = [root, ...readPattern(`/${pattern}`)]; // as a variable's value stands before what follows it
    const said = { id: `r${at}`, allow: true, ops: ops.split(' ') as CompiledRule['ops'], from: 'app', to: 'host' };
    return { ...NO_CONDITIONS, ...said, object, ...more };
  });
  const table = new (addon().RuleTable)(rules);
  const admits = (op: Parameters<typeof table.decide>[0]['op'], object: string) =>
    table.decide({ op, from: 'app', to: 'host', object })?.allow === true;
  const found = matchedGrants({
    rules,
    vm: 'app',
    admits,
    closed: closed.map((name) => join(root, name)),
    tell: () => {},
  });
  return found.map(({ path, access }) => `${access} ${path.slice(root.length + 1)}`).sort();
}

describe('what rules with free tokens show of the host', () => {
  test.each<[string, Rule[], string[]]>([
    ['one unit', [['file.read', 'lib/{name}.py']], ['read lib/a.py', 'read lib/link.py']],
    ['one unit deeper', [['file.read', 'lib/deep/{name}']], ['read lib/deep/c.py']],
    ['two units', [['file.read', 'lib/{name}/{name}.py']], ['read lib/deep/c.py']],
    ['any depth', [['file.read', 'lib/deep/{rest}']], ['read lib/deep/c.py', 'read lib/deep/er/d.py']],
    ['a folder to list', [['file.list', 'lib/{rest}']], ['list lib/deep', 'list lib/deep/er']],
    [
      'what is refused',
      [
        ['file.read', 'lib/deep/{rest}'],
        ['file.read', 'lib/deep/c.py', { allow: false }],
      ],
      ['read lib/deep/er/d.py'],
    ],
    [
      'what may be written, which is opened where it lies',
      [
        ['file.read', 'out/{name}'],
        ['file.write', 'out/{name}'],
      ],
      [],
    ],
    ['what is known by its name', [['file.read', 'lib/a.py']], []],
    ['a rule for one program', [['file.read', 'lib/{name}', { fromImage: 'cat' }]], []],
    ['another VM', [['file.read', 'lib/{name}', { from: 'db' }]], []],
    ['a folder that is not there', [['file.read', 'none/{name}']], []],
  ])('%s', (_what, rules, expected) => expect(grants(rules)).toEqual(expected));

  test('never what is closed', () => {
    const all = grants([['file.read', '{rest}']], ['keys', 'lib/deep/c.py']);
    expect(all).not.toContain('read keys/k.py');
    expect(all).not.toContain('read lib/deep/c.py');
    expect(all).toContain('read lib/deep/er/d.py');
  });

  test('more than can be shown is told', () => {
    const many = join(root, 'many');
    mkdirSync(many);
    for (let at = 0; at <= 8_192; at++) writeFileSync(join(many, `f${at}`), '');
    const said: string[] = [];
    const object = [`${many}/f`, { token: 'uint' }] as const;
    const rule: CompiledRule = {
      ...NO_CONDITIONS,
      id: 'r',
      allow: true,
      ops: ['file.read'],
      from: 'app',
      to: 'host',
      object,
    };
    const admits = (op: string) => op === 'file.read';
    const tell = (text: string) => void said.push(text);
    const found = matchedGrants({ rules: [rule], vm: 'app', admits, closed: [], tell });
    expect(found).toHaveLength(8_192);
    expect(said).toEqual([expect.stringContaining('app: not all files')]);
  });
});
