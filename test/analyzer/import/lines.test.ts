// Lines of files, however they lie in the chunks that are read.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { headOf, linesOf } from '../../../analyzer/import/lines.js';

let base = '';
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'lines-'));
});
afterAll(() => rmSync(base, { recursive: true }));

function written(text: string): string {
  const file = join(base, 'text');
  writeFileSync(file, text);
  return file;
}

test('are those that splitting gives, but for an empty end', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (parts) => {
      const text = Buffer.from(parts.join('\n')).toString();
      const wanted = text.split('\n');
      if (wanted.at(-1) === '') wanted.pop();
      expect([...linesOf(written(text))]).toEqual(wanted);
    }),
  );
});

test('go over the borders of chunks, letters of several bytes too', () => {
  const long = `${'ü'.repeat(700_000)}x`;
  expect([...linesOf(written(`${long}\nb\n${long}\n`))]).toEqual([long, 'b', long]);
});

test('are cut where they never end', () => {
  const [line, next] = [...linesOf(written(`${'x'.repeat(9_000_000)}\nb`))];
  expect([line?.length, next]).toEqual([1 << 22, 'b']);
});

test('every byte is shown, whoever asks for lines', () => {
  let seen = 0;
  const text = 'a\n\nüb';
  expect([...linesOf(written(text), (bytes) => (seen += bytes.length))]).toEqual(['a', '', 'üb']);
  expect(seen).toBe(Buffer.byteLength(text));
});

test('a head is the beginning', () => {
  expect(headOf(written('abcdef'), 3)).toBe('abc');
  expect(headOf(written('ab'), 3)).toBe('ab');
});
