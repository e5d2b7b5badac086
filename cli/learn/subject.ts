// What is learnt: a system file, or a program that gets one.
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { ShuttleError } from '../../native/contract/problem.js';
import type { RawMember, Rule, SystemFile } from '../../policygen/file/model.js';
import { nameOf, parseSystemFile, readText } from '../../policygen/file/parse.js';
import { printSystem } from '../../policygen/file/print.js';
import type { LearnOptions } from '../learn.js';
import { isSystemFile } from '../options.js';

export interface Subject {
  /** The system file that will be written. */
  file: string;
  /** Its text before, or the text it would have without rules. */
  text: string;
  described: SystemFile;
}

/** Reads or makes the description of what is to be learnt. Throws PROGRAM_NOT_FOUND, SYSTEM_FILE_UNREADABLE, SYSTEM_FILE_INVALID. */
export function subjectOf(target: string, args: readonly string[], options: LearnOptions): Subject {
  if (isSystemFile(target)) {
    const file = options.output ?? target;
    return described(readText(target), target, file, options);
  }
  const file = options.output ?? `${stemOf(target)}.shuttle.yaml`;
  const made = printSystem({
    system: nameOf(file),
    main: 'app',
    vms: { app: memberOf(target, args, options) },
    rules: rulesIn(file),
  });
  return described(made, file, file, options);
}

function described(text: string, from: string, file: string, options: LearnOptions): Subject {
  const read = parseSystemFile(text, from);
  if (options.windows === undefined) return { file, text, described: read };
  const windows = options.windows;
  const vms = read.system.vms.map((vm) => ({ ...vm, windows }));
  return { file, text, described: { ...read, system: { ...read.system, vms } } };
}

/** A program learnt before keeps its rules, and a reviewer's word on them. */
function rulesIn(file: string): readonly Rule[] {
  return existsSync(file) ? parseSystemFile(readText(file), file).rules : [];
}

function memberOf(target: string, args: readonly string[], options: LearnOptions): RawMember {
  const program = [programOf(target), ...args] as unknown as RawMember['program'];
  return options.windows === undefined ? { program } : { program, windows: options.windows };
}

/** A program named with a slash is meant from here; another is looked for on PATH inside the VM. */
function programOf(target: string): string {
  if (!target.includes('/') && !existsSync(target)) return target;
  const path = resolve(target);
  if (!existsSync(path)) throw new ShuttleError({ code: 'PROGRAM_NOT_FOUND', program: target });
  if (statSync(path).isDirectory())
    throw new ShuttleError({ code: 'PROGRAM_NOT_EXECUTABLE', program: target, reason: 'it is a folder' });
  // A bare name that is here and on PATH is the one on PATH, as in a shell; a Windows program is started from its folder.
  return target.includes('/') || /\.exe$/i.test(target) || !onPath(target) ? path : target;
}

const onPath = (name: string): boolean =>
  (process.env.PATH ?? '').split(':').some((folder) => folder !== '' && existsSync(`${folder}/${name}`));

const stemOf = (target: string): string => basename(target).replace(/\.(exe|com|bat|cmd|msi)$/i, '') || 'app';

export const folderOf = (file: string): string => dirname(resolve(file));
