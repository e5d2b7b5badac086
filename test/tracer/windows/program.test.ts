import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { HEAD_BYTES, programKind, recognise } from '../../../tracer/windows/program.js';

/** A file's head: text at offsets. */
function head(size: number, parts: Record<number, string | number[]>): Uint8Array {
  const bytes = Buffer.alloc(size);
  for (const [at, part] of Object.entries(parts))
    bytes.set(typeof part === 'string' ? Buffer.from(part, 'latin1') : part, Number(at));
  return bytes;
}

const pe = (machine: number[], flags = [0x22, 0]) =>
  head(256, { 0: 'MZ', 60: [128], 128: 'PE\0\0', 132: machine, 150: flags });
const elf = (bits: number, machine: number, type: number) =>
  head(64, { 0: '\x7fELF', 4: [bits, 1, 1], 16: [type, 0, machine, 0] });

const TABLE: [string, Uint8Array, string][] = [
  ['PE x86-64', pe([0x64, 0x86]), 'windows64'],
  ['PE i386', pe([0x4c, 0x01]), 'windows32'],
  ['PE ARM64', pe([0x64, 0xaa]), 'windows-arm'],
  ['PE ARM', pe([0xc4, 0x01]), 'windows-arm'],
  ['PE MIPS', pe([0x66, 0x01]), 'windows-other'],
  ['PE library', pe([0x64, 0x86], [0x22, 0x20]), 'windows-library'],
  ['PE cut after its name', pe([0x64, 0x86]).subarray(0, 134), 'windows-damaged'],
  ['NE', head(256, { 0: 'MZ', 60: [128], 128: 'NE' }), 'windows16'],
  ['DOS', head(256, { 0: 'MZ', 60: [128], 128: 'LX' }), 'dos'],
  ['DOS with no newer header', head(64, { 0: 'MZ' }), 'dos'],
  ['two bytes', head(2, { 0: 'MZ' }), 'dos'],
  ['newer header outside the file', head(64, { 0: 'MZ', 60: [0xff, 0xff, 0xff, 0xff] }), 'dos'],
  ['ELF x86-64', elf(2, 62, 3), 'linux'],
  ['ELF x86-64, fixed address', elf(2, 62, 2), 'linux'],
  ['ELF aarch64', elf(2, 183, 3), 'linux-other'],
  ['ELF i386', elf(1, 3, 2), 'linux-other'],
  ['ELF object', elf(2, 62, 1), 'linux-library'],
  ['ELF cut', elf(2, 62, 3).subarray(0, 10), 'linux-damaged'],
  ['shortcut', head(76, { 0: 'L', 4: [1, 0x14, 2] }), 'windows-shortcut'],
  ['installer', head(512, { 0: [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1] }), 'windows-installer'],
  ['script', Buffer.from('#!/bin/sh\n'), 'script'],
  ['text called .exe', Buffer.from('not a program\r\n'), 'text'],
  ['UTF-8 text', Buffer.from('не программа\n'), 'text'],
  ['nothing', Buffer.alloc(0), 'empty'],
  ['bytes', Buffer.from([1, 2, 3, 0]), 'unknown'],
];

test.each(TABLE)('%s', (_name, bytes, expected) => {
  const found = recognise(bytes);
  expect('kind' in found ? found.kind : found.defect).toBe(expected);
});

test('any bytes are recognised or refused, never thrown at', () => {
  const prefixes = ['', 'MZ', '\x7fELF', '#!'].map((text) => Buffer.from(text, 'latin1'));
  const heads = fc.tuple(fc.constantFrom(...prefixes), fc.uint8Array({ maxLength: 200 }));
  fc.assert(fc.property(heads, ([prefix, rest]) => recognise(Buffer.concat([prefix, rest])) !== undefined));
});

describe('a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shuttle-program-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const code = (path: string): string => {
    try {
      return programKind(path);
    } catch (error) {
      return (error as { problem: { code: string } }).problem.code;
    }
  };
  const file = (name: string, bytes: Uint8Array | string): string => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };

  test.each([
    ['of this Node', () => process.execPath, 'linux'],
    ['named with spaces and other letters', () => file('моя программа.exe', pe([0x64, 0x86])), 'windows64'],
    [
      'longer than its head',
      () => file('long.exe', Buffer.concat([pe([0x4c, 0x01]), Buffer.alloc(2 * HEAD_BYTES)])),
      'windows32',
    ],
    ['of Windows commands', () => file('run.BAT', 'echo hi\r\n'), 'windows64'],
    ['of text', () => file('text.exe', 'hello'), 'PROGRAM_UNUSABLE'],
    ['that is a folder', () => folder, 'PROGRAM_NOT_EXECUTABLE'],
    ['that is missing', () => join(folder, 'none.exe'), 'PROGRAM_NOT_FOUND'],
    ['below a file', () => join(file('plain', 'x'), 'none.exe'), 'PROGRAM_NOT_FOUND'],
  ])('%s', (_name, path, expected) => expect(code(path())).toBe(expected));

  test('is only read', () => {
    const path = file('kept.exe', pe([0x64, 0x86]));
    const before = readFileSync(path);
    programKind(path);
    expect(readFileSync(path)).toEqual(before);
  });
});
