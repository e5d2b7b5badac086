// The examples of docs/inference.md, run as they stand.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RunMaker } from '../../analyzer/import/folder.js';
import { inferRules } from '../../analyzer/infer.js';
import type { Rule } from '../../analyzer/rule.js';

const text = readFileSync(new URL('../../docs/inference.md', import.meta.url), 'utf8');
const examples = [...text.matchAll(/\n## ([^\n]*)\n(?:(?!\n## )[\s\S])*?```example\n([\s\S]*?)```/g)].map(
  (match) => match[1],
);
const blocks = [...text.matchAll(/```example\n([\s\S]*?)```/g)].map((match) => match[1]!.trim().split('\n'));

interface Run {
  made: RunMaker;
  variables: Record<string, Record<string, string>>;
  channel: number;
  ts: number;
}

const newRun = (): Run => ({ made: new RunMaker(), variables: { app: {}, db: {}, view: {} }, channel: 0, ts: 0 });

function take(run: Run, line: string): void {
  const [, who, what, name = ''] = /^\d+ (\S+) (\S+)(?: (.*))?$/.exec(line)!;
  const ts = ++run.ts;
  const [vm, peer] = who!.split('>');
  if (peer === undefined) {
    const [token, value] = what!.split('=');
    run.variables[vm!]![token!] = value!;
  } else if (what === 'says') {
    const bytes = new TextEncoder().encode(name);
    // The one who opens a channel in these examples is the app.
    run.made.payload({ channel: run.channel, ts, direction: vm === 'app' ? 0 : 1, size: bytes.length, bytes });
  } else {
    const opens = /\.connect$/.test(what!);
    if (opens) run.channel++;
    const verdict = peer === vm ? 'passed' : 'shuttled';
    run.made.interaction({
      vm: vm!,
      peer,
      op: what!,
      object: name,
      ts,
      pid: 1,
      verdict,
      channel: opens ? run.channel : null,
    });
  }
}

function printed(rules: readonly Rule[], all: readonly Rule[], mark: string): string[] {
  return rules.map(({ allow, from, to, object, carrier }) => {
    const by = carrier === undefined ? '' : ` by ${all.find(({ id }) => id === carrier)?.object ?? carrier}`;
    return `${mark} ${from}>${to} ${allow} ${object}${by}`;
  });
}

test('every step of the first four has one', () => expect(examples.length).toBeGreaterThanOrEqual(4));

test.each(blocks.map((lines, at) => [at + 1, lines] as const))('example %i', async (_, lines) => {
  const base = mkdtempSync(join(tmpdir(), 'example-'));
  try {
    const runs = new Map<string, Run>();
    for (const line of lines.filter((one) => /^\d/.test(one))) {
      const number = line.split(' ')[0]!;
      const run = runs.get(number) ?? newRun();
      runs.set(number, run);
      take(run, line);
    }
    const folders: string[] = [];
    for (const [number, { made, variables }] of runs) {
      const vm = (name: string) => ({ program: ['/opt/x'], exit_code: 0, variables: variables[name]! });
      const vms = { app: vm('app'), db: vm('db'), view: vm('view') };
      await made.write(join(base, number), { id: `r${number}`, system: 'example', vms });
      folders.push(join(base, number));
    }
    const { rules, rare } = await inferRules(folders);
    const found = [...printed(rules, rules, '='), ...printed(rare, rules, '~')];
    expect(found.sort()).toEqual(lines.filter((one) => /^[=~]/.test(one)).sort());
  } finally {
    rmSync(base, { recursive: true });
  }
});
