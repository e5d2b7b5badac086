// Files of the host that rules grant one by one: what the program makes of them, and what becomes of that.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, PEOPLE, type Ran } from './lab.js';

describe.each(PEOPLE)('as $name', (who) => {
  let lab: Lab;
  let folder: string;
  beforeAll(() => {
    lab = new Lab(who);
    folder = lab.outside;
  });
  afterAll(() => lab.end());

  type Rule = readonly [name: string, allow: string];

  /** Runs a script for `sh` in the folder, under rules for files in it and for its list. */
  function run(script: string, rules: readonly Rule[], ...options: string[]): Ran {
    const program = ['sh', '-ec', `cd "$1"; ${script}`, 'sh', folder];
    const lines = [['', 'file.list'] as Rule, ...rules].map(([name, allow], at) => {
      const object = name === '' ? folder : `${folder}/${name}`;
      return `  - { id: r${at}, allow: ${allow}, from: a, to: host, object: '${object}', state: accepted }\n`;
    });
    const vms = `vms:\n  a:\n    program: ${JSON.stringify(program)}\n    cwd: /\n`;
    lab.system(`shuttle: 1\nsystem: lab\nmain: a\n${vms}rules:\n${lines.join('')}`);
    return lab.shuttle('run', ...options);
  }
  const read = (name: string) => readFileSync(`${folder}/${name}`, 'utf8');

  test('a private copy of a file granted for reading stays the program’s own', () => {
    lab.put('kept', 'host\n');
    lab.put('gone', 'host\n');
    const rules: Rule[] = [
      ['kept', 'file.read'],
      ['gone', 'file.read'],
    ];
    expect(run('cat kept gone; echo mine > kept; rm gone', rules)).toMatchObject({ code: 0, out: 'host\nhost\n' });
    expect(run('cat kept; [ -e gone ] || echo no more', rules)).toMatchObject({ code: 0, out: 'mine\nno more\n' });
    expect([read('kept'), read('gone')]).toEqual(['host\n', 'host\n']);
    expect(lab.command(['vm', 'reset', lab.file]).status).toBe(0);
    expect(run('cat kept gone', rules).out).toBe('host\nhost\n');
  });

  test('a new file renamed over one granted for writing becomes the host’s', () => {
    lab.put('saved', 'old\n');
    const before = statSync(`${folder}/saved`).ino;
    const script = 'echo new > saved.tmp; chmod 640 saved.tmp; mv saved.tmp saved; cat saved; echo more >> saved; ls';
    const ran = run(script, [['saved', 'file.write']], '--ephemeral');
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toMatch(/^new\n(.*\n)*saved\n$/);
    expect(ran.out).not.toContain('saved.tmp');
    expect(read('saved')).toBe('new\nmore\n');
    const after = statSync(`${folder}/saved`);
    expect([after.mode & 0o777, after.ino === before]).toEqual([0o640, false]);
    expect(existsSync(`${folder}/saved.tmp`)).toBe(false);
    const renamed = ran.rows.find((row) => row.object === `${folder}/saved` && row.source === 'engine');
    expect(renamed).toMatchObject({ op: 'file.write', verdict: 'shuttled', rule: 'r1', peer: 'host' });
  });

  test('what a rule with a free token admits can be looked at, listed and started, and nothing beside it', () => {
    lab.put('day-1.txt', 'first\n');
    lab.put('day-x.txt', 'other\n');
    lab.put('run-1.sh', '#!/bin/sh\necho started\n');
    chmodSync(`${folder}/run-1.sh`, 0o755);
    const rules: Rule[] = [['{name}-{uint}.{word}', 'file.read']];
    const looks = '[ -s day-1.txt ] && cat day-1.txt; stat -c %s day-1.txt; ./run-1.sh';
    const ran = run(`${looks}; [ -s day-x.txt ] || echo no more`, rules, '--ephemeral');
    expect(ran).toMatchObject({ code: 0, out: 'first\n6\nstarted\nno more\n' });
  });

  test('a file that comes to be later can be opened, looked at and started as one that was there', () => {
    lab.put('up', '');
    const make = `until [ -s "$1/up" ]; do sleep 0.05; done; echo late > "$1/late-1.log"
      printf '#!/bin/sh\necho started\n' > "$1/new"; chmod 755 "$1/new"; mv "$1/new" "$1/late-1.sh"; echo x > "$1/late-x.sh"; chmod 755 "$1/late-x.sh"
      echo all > "$1/late-2.log"`;
    const late = spawn('sh', ['-c', make, 'sh', folder], { stdio: 'ignore' });
    const rules: Rule[] = [
      ['up', 'file.write'],
      ['late-{uint}.{word}', 'file.read'],
    ];
    const look =
      'stat -c %s late-1.log; [ -x late-1.sh ] && ./late-1.sh; [ -x late-x.sh ] || echo no more; ./late-x.sh';
    const ran = run(
      `echo up > up; until cat late-2.log 2>&-; do sleep 0.1; done; cat late-1.log; ${look}`,
      rules,
      '--ephemeral',
    );
    late.kill();
    expect(ran).toMatchObject({ code: 127, out: 'all\nlate\n5\nstarted\nno more\n' });
    expect(ran.rows).toContainEqual(
      expect.objectContaining({ op: 'file.read', object: `${folder}/late-1.sh`, rule: 'r2', peer: 'host' }),
    );
  });

  test('a private copy of a file that a rule with a free token admits is the program’s own', () => {
    lab.put('copy-1.txt', 'host\n');
    lab.put('copy-2.txt', 'host\n');
    const rules: Rule[] = [['copy-{uint}.txt', 'file.read']];
    const script = 'cat copy-1.txt; echo mine > copy-1.txt; rm copy-2.txt; echo new > n; mv n copy-2.txt';
    expect(run(`${script}; cat copy-1.txt copy-2.txt`, rules)).toMatchObject({ code: 0, out: 'host\nmine\nnew\n' });
    expect(run('cat copy-1.txt copy-2.txt', rules).out).toBe('mine\nnew\n');
    expect([read('copy-1.txt'), read('copy-2.txt')]).toEqual(['host\n', 'host\n']);
    expect(lab.command(['vm', 'reset', lab.file]).status).toBe(0);
  });

  test('a folder that a rule with a free token lets be listed', () => {
    mkdirSync(`${folder}/parts/inner`, { recursive: true });
    lab.put('parts/inner/one', '1\n');
    const ran = run(
      'ls parts/inner; cat parts/inner/one || echo closed',
      [['parts/{rest}', 'file.list']],
      '--ephemeral',
    );
    expect(ran).toMatchObject({ code: 0, out: 'one\nclosed\n' });
  });

  test('what lies elsewhere, or is no file of its own, is not brought out', () => {
    lab.put('target', 'host\n');
    const rename = `perl -e 'rename $ARGV[0], $ARGV[1] or print "Error: $!\\n"'`;
    const script = `for from in /proc/1/environ /proc/self/status /usr/bin/env /etc/hostname; do ${rename} $from target; done`;
    const ran = run(script, [['target', 'file.write']], '--ephemeral');
    expect(ran.out.match(/Error/g)).toHaveLength(4);
    expect(read('target')).toBe('host\n');
  });

  test('so it does where the file is served at open time, or is new', () => {
    lab.put('day-1.log', 'old\n');
    const rules: Rule[] = [['day-{uint}.log', '[file.read, file.write, file.create]']];
    const script = 'for n in 1 2; do echo new $n > new; mv new day-$n.log; cat day-$n.log; done; [ ! -e new ]';
    expect(run(script, rules, '--ephemeral')).toMatchObject({ code: 0, out: 'new 1\nnew 2\n' });
    expect([read('day-1.log'), read('day-2.log')]).toEqual(['new 1\n', 'new 2\n']);
  });

  test('a file is granted by its name as it is recorded, where that is no text', () => {
    const name = Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9])]);
    writeFileSync(name, 'served\n');
    lab.give(name);
    const script = `cat "$(printf 'caf\\351')"; cat "$(printf 'caf\\350')" 2>/dev/null || echo no more`;
    const ran = run(script, [['caf\\xe9', 'file.read']], '--ephemeral');
    expect(ran).toMatchObject({ code: 0, out: 'served\nno more\n' });
    expect(ran.rows.find((row) => row.rule === 'r1')).toMatchObject({ object: `${folder}/caf\\xe9`, peer: 'host' });
    rmSync(name);
  });

  test('it is removed on the host, and made again there, by rules that say so alone', () => {
    lab.put('fixed', 'fixed\n');
    const refused = run('rm fixed 2>/dev/null || echo refused; cat fixed', [['fixed', 'file.write']], '--ephemeral');
    expect(refused.out).toBe('refused\nfixed\n');
    expect(refused.rows.find((row) => row.op === 'file.delete')).toMatchObject({ verdict: 'blocked', status: 1 });
    const rules: Rule[] = [['fixed', '[file.write, file.create, file.delete]']];
    const script = 'rm fixed; [ ! -e fixed ]; echo again > fixed; cat fixed; echo more >> fixed; cat fixed';
    expect(run(script, rules, '--ephemeral')).toMatchObject({ code: 0, out: 'again\nagain\nmore\n' });
    expect(read('fixed')).toBe('again\nmore\n');
  });

  test('what is granted for reading is never the host’s to change by a rename', () => {
    lab.put('plain', 'host\n');
    const script = 'echo mine > new; mv new plain; cat plain';
    expect(run(script, [['plain', 'file.read']], '--ephemeral')).toMatchObject({ code: 0, out: 'mine\n' });
    expect(read('plain')).toBe('host\n');
  });

  test('learning leaves the host as it was, whatever the rules say', () => {
    lab.put('learnt', 'host\n');
    run('true', [['learnt', '[file.write, file.create, file.delete]']], '--ephemeral');
    const program = ['sh', '-ec', 'cd "$1"; echo x > new; mv new learnt; rm learnt; echo y > learnt', 'sh', folder];
    const text = readFileSync(lab.file, 'utf8');
    lab.system(text.replace(/program: .*/, `program: ${JSON.stringify(program)}`));
    expect(lab.shuttle('learn', '--ephemeral')).toMatchObject({ code: 0 });
    expect(read('learnt')).toBe('host\n');
  });
});
