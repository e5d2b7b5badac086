// What is wrong with a system file, and exactly where.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ShuttleError } from '../../../native/contract/problem.js';
import { checkSystemFile, parseSystemFile, readSystemFile } from '../../../policygen/file/parse.js';
import { ORDERS, withRules } from './orders.js';

const complaints = (text: string): string[] =>
  checkSystemFile(text, 'f').complaints.map((one) => `${one.line}:${one.column}: ${one.message}`);

const A = 'shuttle: 1\nvms: { a: { program: [x] } }\n';
const vm = (line: string) => `shuttle: 1\nvms:\n  a:\n    program: [x]\n    ${line}\n`;
const rule = (line: string) =>
  withRules(
    ...['id: r', 'allow: tcp.connect', 'from: app', 'to: db', 'object: "x:1"', line].map(
      (one, at) => `  ${at === 0 ? '-' : ' '} ${one}`,
    ),
  );
/** The line that `rule` puts the text in. */
const R = 12;

describe('YAML', () => {
  test.each([
    ['shuttle: 1\nvms: [\n', /^3:1: Flow sequence/],
    ['shuttle: 1\nvms:\n\ta: 1\n', /^3:1: Tabs are not allowed/],
    ['shuttle: 1\nvms: "\\q"\n', /^2:7: Invalid escape sequence \\q in double quotes: use single quotes/],
    [`${A}main: 'a\n`, /^4:1: Missing closing 'quote/],
    ['a: b: c\n', /^1:4: Nested mappings/],
    [`${A}---\n${A}`, /^3:1: a second document begins here/],
    ['%YAML 1.1\n---\nshuttle: 1\n', /^1:1: YAML 1.1 is not taken/],
    [`${A}check: &x run\n`, /^3:11: anchors and aliases/],
    [`${A}check: *x\n`, /^3:8: /],
    [`${A}check: !run x\n`, /^3:13: tags are not taken: !run/],
    [`${A}check: !!str 5\n`, /^3:14: tags are not taken/],
    ['<<: { a: 1 }\n', /^1:1: unknown key <</],
    [vm('cwd: "C:\\node"'), /^5:10: "C:\\node" has a backslash in double quotes/],
    [vm('program: [y]'), /^5:5: the key program stands here twice/],
    [`${A}? [a]\n: b\n`, /^3:3: a key must be plain text/],
    ['', /^1:1: expected a map of keys, found nothing/],
    ['- a\n', /^1:1: expected a map of keys, found a list/],
    ['just text', /^1:1: expected a map of keys, found text/],
  ])('%j', (text, expected) => expect(complaints(text)[0]).toMatch(expected));

  test.each(['[', '- ', '{a: ', '? '])('a hundred thousand of %j', (piece) => {
    expect(complaints(piece.repeat(100_000))[0]).toMatch(/nested too deeply/);
  });

  test('more than sixteen megabytes', () => {
    expect(complaints(`a: ${'x'.repeat(17 * 1024 * 1024)}`)).toEqual(['1:1: larger than 16777216 bytes']);
  });

  test('an alias bomb is refused before it grows', () => {
    const bomb = Array.from(
      { length: 30 },
      (_, at) => `k${at}: &k${at} [${at === 0 ? 'x' : `*k${at - 1}, *k${at - 1}`}]`,
    );
    expect(complaints(bomb.join('\n'))[0]).toBe('1:9: anchors and aliases are not taken: write it out');
  });
});

describe('keys and values', () => {
  test.each([
    ['shuttle: 2\nwhatever: 1\n', ['1:10: format version 2 is newer than this Shuttle, which knows version 1']],
    ['shuttle: 0\nvms: { a: { program: [x] } }\n', ['1:10: unknown format version 0: known are 1']],
    ["shuttle: '1'\nvms: { a: { program: [x] } }\n", ['1:10: expected a whole number, found text']],
    ['vms: { a: { program: [x] } }\n', ['1:1: the key shuttle is missing in a system file']],
    ['shuttle: 1\n', ['1:1: the key vms is missing in a system file']],
    [`${A}vm: {}\n`, ['3:1: unknown key vm in a system file (did you mean vms?)']],
    ['shuttle: 1\nvms: {}\n', ['2:6: this map must not be empty']],
    ['shuttle: 1\nvms: { A: { program: [x] } }\n', ['2:8: "A" is no VM name']],
    ['shuttle: 1\nvms: { host: { program: [x] } }\n', ['2:8: "host" is no VM name']],
    ['shuttle: 1\nvms: { a: {} }\n', ['2:11: the key program is missing in a VM']],
    ['shuttle: 1\nvms: { a: { program: x } }\n', ['2:22: expected a list, found text']],
    ['shuttle: 1\nvms: { a: { program: [] } }\n', ['2:22: list of arguments must not be empty']],
    [
      'shuttle: 1\nvms: { a: { program: [null] } }\n',
      ['2:23: expected text or a number or true or false, found nothing'],
    ],
    ["shuttle: 1\nvms: { a: { program: [''] } }\n", ['2:23: the program must not be empty']],
    [vm('windwos: win10'), ['5:5: unknown key windwos in a VM (did you mean windows?)']],
    [vm('windows: win95'), ['5:14: unknown Windows version win95: known are win7, win8, win81, win10, win11']],
    [vm('windows: 10'), ['5:14: unknown Windows version 10: known are win7, win8, win81, win10, win11']],
    [vm('cwd: 5'), ["5:10: expected text, found a whole number: write '5' in quotes"]],
    [vm('user: 0'), ['5:11: must be at least 1']],
    [vm('limits: { memory: 5X }'), ['5:23: "5X" is no size']],
    [vm('limits: { ram: 5M }'), ['5:15: unknown key ram in this map: known are memory, processes, cpu, disk, wall']],
    [vm('limits: { processes: 1.5 }'), ['5:26: expected a whole number, found a number']],
    [vm('env: { A: [1] }'), ['5:15: expected text or a number or true or false, found a list']],
    [vm("env: { 'A=B': 1 }"), ['5:12: the variable’s name holds a character that it cannot have']],
    [vm('env: { A: }'), ['5:15: expected text or a number or true or false, found nothing']],
    [vm('mounts: [x]'), ['5:13: expected a map of keys, found a list']],
    [vm('after: [b]'), ['5:13: unknown VM b: known are a']],
    [vm('after: [a]'), ['5:13: each VM waits for the next: a after a']],
    [vm('after: b'), ['5:12: expected a list, found text']],
    [vm('ready: tcp.serve'), ['5:12: "tcp.serve" is no operation and its object, as in tcp.serve 127.0.0.1:80']],
    [vm('ready: tcp.connect db:1'), ['5:12: tcp.connect never makes a VM ready: name what it serves or creates']],
    [`${A}main: b\n`, ['3:7: unknown VM b: known are a']],
    [
      'shuttle: 1\nvms:\n  a: { program: [x] }\n  b: { program: [x] }\n',
      ['2:1: the key main is missing: which of a, b ends the run?'],
    ],
    [`${A}system: a/b\n`, ['3:9: "a/b" is no system name']],
    [`${A}rules: {}\n`, ['3:8: expected a list or nothing, found a map of keys']],
  ])('%j', (text, expected) => expect(complaints(text)).toEqual(expected));

  test('a circle of after names its way', () => {
    const text =
      'shuttle: 1\nmain: a\nvms:\n  a: { program: [x], after: [b] }\n  b: { program: [x], after: [c] }\n  c: { program: [x], after: [a] }\n';
    expect(complaints(text)).toEqual(['4:30: each VM waits for the next: a after b after c after a']);
  });
});

describe('rules', () => {
  test.each([
    ['stat: accepted', `${R}:5: unknown key stat in a rule (did you mean state?)`],
    ['state: done', `${R}:12: unknown state done: known are proposed, accepted, refused`],
    ['needed: very', `${R}:13: unknown need very: known are proven, seen, optional, unknown`],
    ['evidence: { runs: -1 }', `${R}:23: must be at least 0`],
    ['evidence: { first: yesterday }', `${R}:24: "yesterday" is no time of day (2026-11-22T10:00:00Z)`],
    ['access: [reed]', `${R}:14: unknown access reed (did you mean read?)`],
    ['access: [read]', `${R}:5: the key access belongs to files, registry and memory`],
    ['args: [x]', `${R}:5: the key args belongs to programs that are started`],
    ['operation: 5', `${R}:5: the key operation belongs to rpc operations`],
    ['title: x', `${R}:5: the key title belongs to window operations`],
    ['phase: late', `${R}:12: unknown phase late: known are startup`],
    ['carrier: nobody', `${R}:14: the carrier nobody is no rule’s id, nor argv`],
    ['carry: splice', `${R}:12: unknown way to carry splice: known are relay`],
    ['decided: { who: me }', `${R}:16: unknown key who in this map: known are by, at`],
    ['note: ""', `${R}:11: text must not be empty`],
  ])('%s', (line, expected) => {
    const found = complaints(rule(line));
    expect(found).toHaveLength(1);
    expect(found[0]).toBe(expected);
  });

  const one = (allow: string, from: string, to: string, object: string) =>
    withRules(`  - { allow: ${allow}, from: ${from}, to: ${to}, object: ${object} }`);
  test.each([
    [one('pipe.fly', 'app', 'db', 'x'), '7:14: unknown operation pipe.fly'],
    [one('tcp.conect', 'app', 'db', 'x'), '7:14: unknown operation tcp.conect (did you mean tcp.connect?)'],
    [one('[]', 'app', 'db', 'x'), '7:14: this list must not be empty'],
    [one('[dns.resolve, dns.resolve]', 'app', 'net', 'x'), '7:28: dns.resolve stands in this list twice'],
    [one('5', 'app', 'db', 'x'), '7:14: expected an operation or a list, found a whole number'],
    [one('dns.resolve', 'nobody', 'net', 'x'), '7:33: unknown VM nobody: known are db, app'],
    [one('dns.resolve', 'host', 'net', 'x'), '7:33: unknown VM host: known are db, app'],
    [one('dns.resolve', 'app', 'dbb', 'x'), '7:42: unknown VM dbb (did you mean db?)'],
    [one('dns.resolve', 'app', 'net:x', 'x'), '7:42: the programs of net are not known: write net'],
    [one('dns.resolve', 'app:/bin/x', 'net', 'x'), '7:33: "app:/bin/x": an image is a file’s name without a path'],
    [
      one('dns.resolve', 'app', 'net', '"a{b"'),
      '7:55: bad pattern "a{b": a { that nothing closes (a literal brace is doubled)',
    ],
    [
      one('dns.resolve', 'app', 'net', "'a}b'"),
      '7:55: bad pattern "a}b": a } that nothing opened (a literal brace is doubled)',
    ],
    [
      one('dns.resolve', 'app', 'net', "'{any}'"),
      '7:55: bad pattern "{any}": unknown token {any} (a literal brace is doubled)',
    ],
    [
      one('dns.resolve', 'app', 'net', "'{hex:0}'"),
      '7:55: bad pattern "{hex:0}": {hex:0}: only {hex:N} takes a number, from 1 to 1024',
    ],
    [
      one('dns.resolve', 'app', 'net', "'{uint:3}'"),
      '7:55: bad pattern "{uint:3}": {uint:3}: only {hex:N} takes a number, from 1 to 1024',
    ],
    [one('dns.resolve', 'app', 'net', "'{given}'"), '7:55: {given} needs the key carrier: what brings it?'],
    [one('dns.resolve', 'app', 'net', '5'), "7:55: expected text, found a whole number: write '5' in quotes"],
    [one('dns.resolve', 'app', 'net', '{uint}'), '7:55: expected text, found a map of keys'],
    [withRules('  - { allow: dns.resolve, from: app, to: net }'), '7:5: the key object is missing in a rule'],
  ])('%j', (text, expected) => expect(complaints(text)[0]!.startsWith(expected), complaints(text)[0]).toBe(true));

  test('two rules with one id', () => {
    const line = (object: string) => `  - { id: r, allow: dns.resolve, from: app, to: net, object: ${object} }`;
    expect(complaints(withRules(line('a'), line('b')))).toEqual(['8:11: two rules have the id r']);
  });

  test('everything that is wrong is told at once, in the file’s order', () => {
    const text = withRules(
      '  - { allow: a.b, from: app, to: net, object: x }',
      '  - { allow: dns.resolve, from: app, to: net, objekt: x }',
    );
    expect(complaints(text)).toEqual([
      expect.stringMatching(/^7:14: unknown operation a.b/),
      '8:5: the key object is missing in a rule',
      '8:47: unknown key objekt in a rule (did you mean object?)',
    ]);
  });
});

test('the error has file, line and column for each', () => {
  const failing = () => parseSystemFile(vm('cwd: 5'), 'dir/a.yaml');
  expect(failing).toThrow(ShuttleError);
  expect(failing).toThrow("dir/a.yaml:5:10: expected text, found a whole number: write '5' in quotes");
});

test('a file that is not there, and one that is no text', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shuttle-file-'));
  try {
    expect(() => readSystemFile(join(folder, 'none.yaml'))).toThrow(
      /none.yaml: the system file cannot be read: ENOENT/,
    );
    writeFileSync(join(folder, 'bytes.yaml'), Buffer.from([0xff, 0xfe, 0x00]));
    expect(() => readSystemFile(join(folder, 'bytes.yaml'))).toThrow(/it is not UTF-8 text/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('whatever the text', () => {
  test('bytes make complaints, never an exception', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const found = checkSystemFile(text, 'f');
        expect(found.system === null).toBe(found.complaints.length > 0);
      }),
      { numRuns: 1500 },
    );
  });

  test('a good file with a stroke in it keeps every place within the text', () => {
    const lines = ORDERS.split('\n');
    const stroke = fc.constantFrom(
      '',
      ' ',
      '\t',
      '{',
      '}',
      '[',
      ']',
      ':',
      '- ',
      '#',
      "'",
      '"',
      '&a ',
      '*a',
      '!x ',
      '\0',
      '? ',
      '|',
      '>',
      '%',
    );
    fc.assert(
      fc.property(fc.nat(ORDERS.length), fc.nat(4), stroke, (at, cut, text) => {
        const changed = ORDERS.slice(0, at) + text + ORDERS.slice(at + cut);
        for (const one of checkSystemFile(changed, 'f').complaints) {
          expect(one.line).toBeGreaterThanOrEqual(1);
          expect(one.line).toBeLessThanOrEqual(lines.length + 1);
          expect(one.column).toBeGreaterThanOrEqual(1);
          expect(one.message).not.toMatch(/undefined|\[object/);
        }
      }),
      { numRuns: 1500 },
    );
  });
});
