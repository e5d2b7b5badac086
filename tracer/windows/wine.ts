// Where Wine is on this machine, found by looking, never by running it: a start of Wine costs more than a VM.
import { createHash } from 'node:crypto';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ShuttleError } from '../../native/contract/problem.js';

export interface WineInstall {
  /** The program that starts Windows programs, 64 bits of its own. */
  loader: string;
  server: string;
  /** Whether Windows programs of 32 bits run too. */
  has32: boolean;
  /** Folders the VM must see, besides /usr. */
  folders: readonly string[];
  /** Changes whenever another Wine is installed: a base prefix belongs to one Wine. */
  stamp: string;
}

// Debian keeps the real programs here; /usr/bin/wine is a script that would print hints into a program's stderr.
const DEBIAN = '/usr/lib/wine';
const ELSEWHERE = [
  '/opt/wine-stable/bin',
  '/opt/wine-staging/bin',
  '/opt/wine-devel/bin',
  '/usr/local/bin',
  '/usr/bin',
];
const THIRTY_TWO = [
  '/usr/lib/i386-linux-gnu/wine/i386-unix/ntdll.so',
  '../lib/wine/i386-unix/ntdll.so',
  '../lib32/wine/i386-unix/ntdll.so',
  '../lib64/wine/i386-windows/ntdll.dll', // the newer kind, where the 64-bit half carries both
];
const INF = ['/usr/share/wine/wine.inf', '../share/wine/wine.inf'];

function debianWine(): [string, string] | null {
  const pair: [string, string] = [join(DEBIAN, 'wine64'), join(DEBIAN, 'wineserver64')];
  return pair.every((file) => existsSync(file)) ? pair : null;
}

function otherWine(): [string, string] | null {
  for (const folder of ELSEWHERE) {
    const loader = ['wine64', 'wine'].map((name) => join(folder, name)).find((file) => existsSync(file));
    const server = join(folder, 'wineserver');
    if (loader !== undefined && existsSync(server)) return [realpathSync(loader), server];
  }
  return null;
}

/** A file given absolutely or from the loader's folder, if it is there. */
const near = (loader: string, names: readonly string[]): string | undefined =>
  names.map((name) => (name.startsWith('/') ? name : join(dirname(loader), name))).find((file) => existsSync(file));

function stampOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex').slice(0, 12);
}

const LIBRARIES = {
  64: ['/usr/lib/x86_64-linux-gnu/wine/x86_64-windows', '../lib64/wine/x86_64-windows', '../lib/wine/x86_64-windows'],
  32: [
    '/usr/lib/i386-linux-gnu/wine/i386-windows',
    '../lib/wine/i386-windows',
    '../lib32/wine/i386-windows',
    '../lib64/wine/i386-windows',
  ],
};

/** Where this Wine keeps its own Windows library of that name, of 64 or of 32 bits; null where it is nowhere we know. */
export const wineLibrary = ({ loader }: WineInstall, bits: 64 | 32, name: string): string | null =>
  near(
    loader,
    LIBRARIES[bits].map((folder) => join(folder, name)),
  ) ?? null;

/** The Wine of this machine, or null. */
export function findWine(): WineInstall | null {
  const pair = debianWine() ?? otherWine();
  if (pair === null) return null;
  const [loader, server] = pair;
  const thirtyTwo = near(loader, THIRTY_TWO);
  const own = [loader, server, near(loader, INF), thirtyTwo].filter((file) => file !== undefined);
  const top = dirname(dirname(loader));
  const folders = top.startsWith('/usr') || basename(top) === '' ? [] : [top];
  return { loader, server, has32: thirtyTwo !== undefined, folders, stamp: stampOf(own) };
}

/** The Wine that runs a program of this kind. Throws WINE_MISSING or WINE_32_MISSING. */
export function needWine(program: string, kind: 'windows32' | 'windows64'): WineInstall {
  const wine = findWine();
  if (wine === null) throw new ShuttleError({ code: 'WINE_MISSING', program });
  if (kind === 'windows32' && !wine.has32) throw new ShuttleError({ code: 'WINE_32_MISSING', program });
  return wine;
}
