// Everything a VM needs because its program is a Windows program, in one call: Wine found, the base prefix there, the
// program recognised, names turned into paths.
import { accessSync, constants, statSync } from 'node:fs';
import { ShuttleError } from '../../native/contract/problem.js';
import type { VmSpec } from '../../native/contract/vm.js';
import { ensureAgent } from './agent.js';
import { ensureBase } from './base.js';
import { isWindowsName } from './drives.js';
import { hostFile } from './host_file.js';
import { type Over, placeInVm, planWindows, type WindowsPart, wineCommand } from './plan.js';
import { isWindows, type ProgramKind, programKind } from './program.js';
import { DEFAULT_WINDOWS, type WindowsVersion } from './versions.js';
import { needWine } from './wine.js';
import type { Owner } from './wine_process.js';

/** What the system file says of a VM; host paths are absolute. */
export interface Asked {
  program: readonly string[];
  windows: WindowsVersion | null;
  mounts: Readonly<Record<string, string>>;
  setup: readonly (readonly string[])[];
}

export interface Circumstances {
  /** Shuttle's state folder. */
  state: string;
  /** Who the VM runs as, and the name its programs see. */
  user: VmSpec['user'];
  name: string;
  over: Over;
  /** The locale that the VM's environment asks for. */
  lang: string | undefined;
  progress?: (text: string) => void;
}

export interface WindowsVm {
  windows: WindowsVersion;
  /** Wine's version, for run.json. */
  wine: string;
  /** Whether its programs may be of 32 bits too. */
  has32: boolean;
  part: WindowsPart;
  /** The mounts by paths of the VM. */
  mounts: Record<string, string>;
  /** The file of the program on the host, or null where it is in the prefix or not there yet. */
  programFile: string | null;
  /** The command init executes for a program of this VM, `setup`'s too. */
  command(program: readonly string[]): string[];
}

/** Whether a VM runs Windows programs: it says so, or names things as Windows does, or its program is one. */
export function isWindowsVm(asked: Asked): boolean {
  const named = [asked.program[0] ?? '', ...Object.keys(asked.mounts)];
  if (asked.windows !== null || named.some(isWindowsName)) return true;
  const [program = ''] = asked.program;
  return isReadableFile(program) && isWindows(programKind(program));
}

/**
 * Prepares a Windows VM; the first of its kind on a machine takes seconds, of which `progress` is told.
 * Throws WINE_MISSING, WINE_32_MISSING, WINE_BASE_FAILED, PROGRAM_NOT_FOUND, PROGRAM_UNUSABLE, PROGRAM_NOT_EXECUTABLE,
 * WINDOWS_NAME_UNMAPPED.
 */
export async function prepareWindows(asked: Asked, around: Circumstances): Promise<WindowsVm> {
  const [program = ''] = asked.program;
  const wine = needWine(program, 'windows64');
  const windows = asked.windows ?? DEFAULT_WINDOWS;
  const owner = ownerOf(around.user, around.name);
  const { state, progress } = around;
  const base = await ensureBase({ state, wine, windows, owner, ...(progress ? { progress } : {}) });
  const agent = ensureAgent(base, wine, owner);
  const file = hostFile(program, asked.mounts, base);
  if (file !== null) checkKind(program, programKind(file));
  else if (!mayComeLater(asked)) throw new ShuttleError({ code: 'PROGRAM_NOT_FOUND', program });
  return {
    windows,
    wine: base.wine,
    has32: wine.has32,
    part: planWindows(base, wine, agent, around.over, around.lang),
    mounts: Object.fromEntries(Object.entries(asked.mounts).map(([name, from]) => [placeInVm(name), from])),
    programFile: file?.startsWith(`${base.path}/`) ? null : file,
    command: ([name = '', ...args]) =>
      wineCommand(wine, [wholeName(name, hostFile(name, asked.mounts, base)), ...args]),
  };
}

/** Root's files are shown as the VM user's where `shift` says so; otherwise they must be his on disk. */
export function ownerOf(user: VmSpec['user'], name: string): Owner {
  if (user.shift) return { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, user: safeName(name) };
  return { uid: user.uid, gid: user.gid, user: safeName(name) };
}

/** A user's name becomes a folder of C:\users. */
const safeName = (name: string): string => name.replace(/[^\p{L}\p{N}_.-]/gu, '_') || 'user';

/** Wine's loader takes a name as it is: the `.exe` that was left out belongs to it. */
const wholeName = (name: string, file: string | null): string =>
  file !== null && /\.exe$/i.test(file) && !/\.exe$/i.test(name) ? `${name}.exe` : name;

function checkKind(program: string, kind: ProgramKind): void {
  if (kind === 'windows32') needWine(program, kind);
  if (isWindows(kind)) return;
  const reason = 'it is a Linux program, in a VM of Windows programs';
  throw new ShuttleError({ code: 'PROGRAM_NOT_EXECUTABLE', program, reason });
}

/** A program on C: that is nowhere on the host may be put there by `setup`. */
const mayComeLater = ({ program, setup }: Asked): boolean => /^c:/i.test(program[0] ?? '') && setup.length > 0;

function isReadableFile(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
