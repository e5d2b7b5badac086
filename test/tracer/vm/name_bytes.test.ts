// Folders that a program nobody trusts made: their names are any bytes, and they may lie deeper than a path can say.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { commitLayer, diffLayer } from '../../../tracer/vm/layer_diff.js';
import { nameText, textBytes } from '../../../tracer/vm/name_bytes.js';
import { removeTree } from '../../../tracer/vm/remove_tree.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shuttle-names-'));
});
afterEach(() => {
  if (existsSync(folder)) removeTree(folder);
});

test.each([
  [Buffer.from('plain'), 'plain'],
  [Buffer.from('é€🚀'), 'é€🚀'],
  [Buffer.from('latin\xe9', 'latin1'), 'latin\\xe9'],
  [Buffer.from([0xff, 0x2f, 0xf0, 0x9f]), '\\xff/\\xf0\\x9f'],
])('%j is written as text', (name, text) => {
  expect(nameText(name)).toBe(text);
  expect(textBytes(text)).toEqual(name);
});

test('names come back, whatever their bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
      const name = Buffer.from(bytes);
      fc.pre(!name.includes('\\'));
      expect(textBytes(nameText(name))).toEqual(name);
    }),
  );
});

const bytes = (text: string) => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(text, 'latin1')]);

test('a tree goes whatever its names and however deep it is', () => {
  const tree = join(folder, 'tree');
  mkdirSync(tree);
  mkdirSync(bytes('tree/\xff\xfe'));
  writeFileSync(bytes('tree/\xff\xfe/\xe9\n\x1b[31m'), '');
  mkdirSync(join(tree, 'closed/in'), { recursive: true });
  chmodSync(join(tree, 'closed'), 0);
  const before = process.cwd();
  process.chdir(tree);
  try {
    for (let deep = 0; deep < 60; deep++) {
      mkdirSync('d'.repeat(200));
      process.chdir('d'.repeat(200));
    }
    writeFileSync('at the end', '');
  } finally {
    process.chdir(before);
  }
  expect(diffLayer(folder)).toEqual([]); // no layer, and nothing that stops it
  removeTree(tree);
  expect(readdirSync(folder)).toEqual([]);
});

test('changes are told and brought out whatever their names', () => {
  mkdirSync(bytes('layer/upper/data/new\xe9'), { recursive: true });
  mkdirSync(join(folder, 'host'));
  writeFileSync(bytes('layer/upper/data/new\xe9/f\xff'), 'inside');
  writeFileSync(bytes('layer/upper/data/old\xe8'), 'new');
  writeFileSync(bytes('host/old\xe8'), 'old');
  const from = (path: string) => (path.startsWith('/data') ? join(folder, 'host', path.slice(5)) : null);
  const changes = diffLayer(join(folder, 'layer'), from);
  expect(changes.map(({ what, kind, path }) => `${what} ${kind} ${path}`)).toEqual([
    'created folder /data/new\\xe9',
    'created file /data/new\\xe9/f\\xff',
    'changed file /data/old\\xe8',
  ]);
  commitLayer(join(folder, 'layer'), changes, { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }, []);
  expect(readFileSync(bytes('host/new\xe9/f\xff'), 'utf8')).toBe('inside');
  expect(readFileSync(bytes('host/old\xe8'), 'utf8')).toBe('new');
  rmSync(join(folder, 'host'), { recursive: true, force: true });
});
