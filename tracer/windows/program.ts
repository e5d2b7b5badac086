// What kind of program a file is, from its first bytes alone: nobody is asked, nothing is run.
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { ShuttleError } from '../../native/contract/problem.js';
import type { ProgramDefect } from '../../native/contract/program_defect.js';

export type ProgramKind = 'linux' | 'script' | 'windows32' | 'windows64';
export type Recognised = { kind: ProgramKind } | { defect: ProgramDefect };

/** Bytes of a file's head that `recognise` wants; PE headers further in than that are not made by any linker. */
export const HEAD_BYTES = 4096;

// The heads of a Windows shortcut (its header's size and class) and of an OLE compound file, which a *.msi is.
const SHORTCUT = 'L\0\0\0\x01\x14\x02\0';
const COMPOUND = '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1';

const is = (kind: ProgramKind): Recognised => ({ kind });
const isNot = (defect: ProgramDefect): Recognised => ({ defect });

const MACHINES: Readonly<Record<number, Recognised>> = {
  34404: is('windows64'),
  332: is('windows32'),
  448: isNot('windows-arm'),
  452: isNot('windows-arm'),
  43620: isNot('windows-arm'),
};

const startsWith = (head: Uint8Array, text: string, at = 0): boolean =>
  head.length >= at + text.length && [...text].every((char, i) => head[at + i] === char.charCodeAt(0));

function little(head: Uint8Array, at: number, bytes: 2 | 4): number | null {
  if (at + bytes > head.length) return null;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return bytes === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
}

/** PE/COFF: the machine and the flag that tells a library from a program. */
function recognisePe(head: Uint8Array, at: number): Recognised {
  const machine = little(head, at + 4, 2);
  const flags = little(head, at + 22, 2);
  if (machine === null || flags === null) return isNot('windows-damaged');
  if ((flags & 0x2000) !== 0) return isNot('windows-library');
  return MACHINES[machine] ?? isNot('windows-other');
}

/** Everything that begins with DOS's `MZ`; the four bytes at 60 say where the newer header is, if there is one. */
function recogniseMz(head: Uint8Array): Recognised {
  const at = little(head, 60, 4);
  if (at === null || at === 0) return isNot('dos');
  if (startsWith(head, 'PE\0\0', at)) return recognisePe(head, at);
  if (startsWith(head, 'NE', at)) return isNot('windows16');
  return isNot('dos');
}

/** ELF: 64 bits, least byte first, x86-64, and a program (ET_EXEC, ET_DYN) are what this engine runs. */
function recogniseElf(head: Uint8Array): Recognised {
  const type = little(head, 16, 2);
  if (type === null) return isNot('linux-damaged');
  if (head[4] !== 2 || head[5] !== 1 || little(head, 18, 2) !== 62) return isNot('linux-other');
  return type === 2 || type === 3 ? is('linux') : isNot('linux-library');
}

const isText = (head: Uint8Array): boolean =>
  head.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0c || byte === 0x0d);

/** The kind of program whose file begins with `head` (up to HEAD_BYTES), or what is wrong with it. Pure. */
export function recognise(head: Uint8Array): Recognised {
  if (head.length === 0) return isNot('empty');
  if (startsWith(head, '\x7fELF')) return recogniseElf(head);
  if (startsWith(head, 'MZ')) return recogniseMz(head);
  if (startsWith(head, '#!')) return is('script');
  if (startsWith(head, SHORTCUT)) return isNot('windows-shortcut');
  if (startsWith(head, COMPOUND)) return isNot('windows-installer');
  return isNot(isText(head) ? 'text' : 'unknown');
}

function headOf(path: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    return head.subarray(0, readSync(file, head, 0, HEAD_BYTES, 0));
  } finally {
    closeSync(file);
  }
}

const PROBLEMS: Readonly<Record<string, (program: string) => ShuttleError>> = {
  ENOENT: (program) => new ShuttleError({ code: 'PROGRAM_NOT_FOUND', program }),
  ENOTDIR: (program) => new ShuttleError({ code: 'PROGRAM_NOT_FOUND', program }),
  EACCES: (program) => new ShuttleError({ code: 'PROGRAM_NOT_EXECUTABLE', program, reason: 'it may not be read' }),
  EISDIR: (program) => new ShuttleError({ code: 'PROGRAM_NOT_EXECUTABLE', program, reason: 'it is a folder' }),
};

/** The kind of the program file at `path`. Throws PROGRAM_NOT_FOUND, PROGRAM_NOT_EXECUTABLE or PROGRAM_UNUSABLE. */
export function programKind(path: string): ProgramKind {
  // Windows' own scripts are text; its command interpreter runs them.
  if (/\.(bat|cmd)$/iu.test(path) && existsSync(path)) return 'windows64';
  let head: Uint8Array;
  try {
    head = headOf(path);
  } catch (error) {
    const known = PROBLEMS[(error as NodeJS.ErrnoException).code ?? ''];
    throw known ? known(path) : error;
  }
  const found = recognise(head);
  if ('kind' in found) return found.kind;
  throw new ShuttleError({ code: 'PROGRAM_UNUSABLE', program: path, defect: found.defect });
}

export const isWindows = (kind: ProgramKind): boolean => kind === 'windows32' || kind === 'windows64';
