// What others' traces say, in Shuttle's words, before it becomes a run.
import { ACCESS, type Access, type Op } from '../../native/contract/words.js';

export interface Event {
  op: Op;
  object: string;
  /** `host` or `net`. */
  peer: string;
  access: readonly Access[];
  /** Whether it went through; null where it was refused. */
  worked: boolean | null;
  /** The thing was not there. */
  absent?: boolean;
  /** errno, where the trace says it. */
  status?: number;
  pid: number;
  /** Nanoseconds since the trace began. */
  ts: number;
  image?: string | null;
  detail?: object;
}

export interface Started {
  pid: number;
  parent: number | null;
  image: string;
  argv: readonly string[];
  ts: number;
}

/** Where what a trace says goes, as it is read. `who` is the program, profile or domain that did it. */
export interface Sink {
  event(who: string, event: Event): void;
  program(who: string, started: Started): void;
  /** A line that looked like the format's and could not be read. */
  unread(): void;
}

export const bitsOf = (access: readonly Access[]): number => access.reduce((bits, word) => bits | ACCESS[word], 0);

/** Folders that every VM has anyway: reading there never crosses a wall. */
const BASE =
  /^(?:\/(?:usr|bin|sbin|lib|lib32|lib64|libx32)(?:\/|$)|\/proc\/|\/sys\/|\/dev\/(?:null|zero|full|u?random|tty|ptmx|pts\/)|\/etc\/ld\.so\.|[A-Za-z]:\\windows\\)/i;

export const isBase = (path: string): boolean => BASE.test(path);

/** `.` and `..` resolved; null for a path that is not absolute. */
export function absolute(path: string, folder: string | null): string | null {
  const whole = path.startsWith('/') ? path : folder === null ? null : `${folder}/${path}`;
  if (whole === null) return null;
  const parts: string[] = [];
  for (const part of whole.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** `host` for this machine's own addresses, else `net`. */
export const placeOf = (address: string): string => (/^(127\.|::1$|0\.0\.0\.0$|::$)/.test(address) ? 'host' : 'net');

/** `127.0.0.1:80`, `[::1]:80`. */
export const endpoint = (address: string, port: string | number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
