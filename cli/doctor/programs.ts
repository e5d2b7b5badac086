// Programs and parts of Shuttle that must be there.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { agentFiles } from '../../native/engine.js';
import { X_SERVER } from '../../tracer/session/display.js';
import { findWine } from '../../tracer/windows/wine.js';
import type { Finding } from './examine.js';

const MIN_NODE = [20, 19] as const;

export function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const enough = major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1]);
  const mend = enough ? null : `Node ${MIN_NODE.join('.')} or later is needed`;
  return { name: 'node', state: enough ? 'good' : 'fails', says: process.version, mend };
}

/** Whether the native part loads: a missing or foreign build is the commonest trouble after a move. */
export async function engine(): Promise<Finding> {
  try {
    const { addon } = await import('../../native/engine.js');
    addon();
    return { name: 'engine', state: 'good', says: 'the native part loads', mend: null };
  } catch (error) {
    const says = (error as Error).message.split('\n')[0] ?? '';
    return { name: 'engine', state: 'fails', says, mend: 'node scripts/build.mjs in the folder of Shuttle' };
  }
}

export function windows(): Finding {
  const name = 'wine';
  const wine = findWine();
  if (!wine) return { name, state: 'lacks', says: 'none: Windows programs cannot run', mend: 'apt-get install wine' };
  if (wine.has32 && agentFiles()?.agent32 === null) {
    const mend = 'apt-get install gcc-mingw-w64-i686 && node scripts/build.mjs in the folder of Shuttle';
    return { name, state: 'lacks', says: '32-bit programs run without an agent: what they do is not seen', mend };
  }
  if (wine.has32) return { name, state: 'good', says: `64-bit and 32-bit programs run (${wine.loader})`, mend: null };
  const mend = 'dpkg --add-architecture i386 && apt-get update && apt-get install wine32:i386';
  return { name, state: 'lacks', says: `64-bit programs run (${wine.loader}), 32-bit ones do not`, mend };
}

export function display(): Finding {
  const name = 'display';
  if (onPath(X_SERVER))
    return { name, state: 'good', says: `a VM can have an X server of its own (${X_SERVER})`, mend: null };
  return { name, state: 'lacks', says: 'no X server: display: private cannot be had', mend: 'apt-get install xvfb' };
}

const onPath = (name: string): string | undefined =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));

export function dbusProxy(): Finding {
  const name = 'xdg-dbus-proxy';
  const file = onPath(name);
  if (file) return { name, state: 'good', says: file, mend: null };
  return { name, state: 'lacks', says: 'none: D-Bus cannot be carried', mend: 'apt-get install xdg-dbus-proxy' };
}
