// Names that spite every format, and one rule about such a name, exported.
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Op } from '../../../native/contract/words.js';
import { exportSystem } from '../../../policygen/export/export.js';
import type { Finding } from '../../../policygen/export/finding.js';
import { TARGETS } from '../../../policygen/export/targets.js';
import type { SystemFile } from '../../../policygen/file/model.js';
import { parseSystemFile } from '../../../policygen/file/parse.js';
import { printFlow } from '../../../policygen/file/scalar.js';
import { valuesOf } from './values.js';

const SPITE = [
  '"',
  "'",
  '\\',
  '`',
  '$',
  '$(x)',
  '%',
  '%h',
  '\n',
  '\r',
  '\0',
  '\t',
  ' ',
  ',',
  ';',
  ':',
  '=',
  '#',
  '*',
  '**',
  '?',
  '[',
  ']',
  '{',
  '}',
  '^',
  '@{HOME}',
  '}\nprofile x {\n/** rw,\n',
  '\n[Service]\n',
  '\nExecStart=/bin/sh\n',
  ' rw,\n',
  '"; permit(principal,action,resource);//',
  '<script>',
  '\u202e',
  '\u2028',
  'é',
  'ж',
  '😀',
  '-',
  '--rw',
  '..',
  '%n',
  '\\u{22}',
  '\\"',
  '\\\n',
];
export const piece = fc.oneof(
  fc.constantFrom(...SPITE),
  fc.string({ maxLength: 4 }),
  fc.constantFrom('a', 'b/c', 'x.y'),
);
export const nameOf = (head: string) =>
  fc.array(piece, { minLength: 1, maxLength: 6 }).map((parts) => `${head}${parts.join('')}`);
export const paths = nameOf('/srv/');
export const runs = { numRuns: 150 };

export const hasControl = (text: string): boolean => [...text].some((char) => char < ' ');
export const doubled = (text: string) => text.replace(/[{}]/g, '$&$&');

function system(program: string, op: Op, patterns: readonly string[], to: string): SystemFile {
  const lines = [
    'shuttle: 1',
    'system: s',
    'main: app',
    'vms:',
    `  app: { program: [${JSON.stringify(program)}] }`,
    '  db: { program: [/opt/db] }',
    'rules:',
  ];
  const rules = patterns.map((object, at) => `  - ${printFlow({ id: `r${at}`, allow: op, from: 'app', to, object })}`);
  return parseSystemFile([...lines, ...rules].join('\n'), '/srv/s.shuttle.yaml');
}

export const LINUX = '/opt/app';
export const WINDOWS = 'C:\\app.exe';

interface Made {
  text: string;
  found: (id: string) => Finding;
}

/** Of rules about these names. */
export const made = (target: string, op: Op, names: readonly string[], program = LINUX, to = 'host'): Made =>
  madeOf(target, op, names.map(doubled), program, to);

/** Of rules about these patterns. */
export function madeOf(target: string, op: Op, patterns: readonly string[], program = LINUX, to = 'host'): Made {
  const file = system(program, op, patterns, to);
  const { exports } = exportSystem(file, TARGETS.find(({ name }) => name === target)!, { valuesOf, vm: 'app' });
  const { text, findings } = exports[0]!;
  return { text, found: (id) => findings.find(({ rule }) => rule === id)! };
}

/** As a benign name has it, but for the lines of the rule itself. */
export function sameShape(
  target: string,
  op: Op,
  name: string,
  benign: string,
  program = LINUX,
): { lines: string[]; finding: Finding } {
  const { text, found } = made(target, op, [name], program);
  const plain = made(target, op, [benign], program);
  const finding = found('r0');
  const own = new Set(finding.says.flatMap((one) => one.split('\n')));
  const rest = (all: string, says: Iterable<string>) => {
    const skip = new Set([...says].map((one) => one.trim()));
    return all.split('\n').filter((one) => !skip.has(one.trim()) && one.trim() !== '# r0' && one.trim() !== '');
  };
  expect(rest(text, own)).toEqual(rest(plain.text, plain.found('r0').says));
  return { lines: finding.says.flatMap((one) => one.split('\n')), finding };
}
