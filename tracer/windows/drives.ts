// How a path inside the VM is written for a Windows program, and back. Pure; the longest drive decides.

export interface Drive {
  letter: string;
  path: string;
}

/** `/wine/drive_c/data` → `C:\data`; null where no drive reaches (a relative path, or none mapped). */
export function toWindows(path: string, drives: readonly Drive[]): string | null {
  const whole = normalise(path.split('/'));
  if (!path.startsWith('/')) return null;
  const under = drives.filter((drive) => isWithin(whole, normalise(drive.path.split('/'))));
  const best = under.sort((a, b) => normalise(b.path.split('/')).length - normalise(a.path.split('/')).length)[0];
  if (best === undefined) return null;
  const rest = whole.slice(normalise(best.path.split('/')).length);
  return `${best.letter.toUpperCase()}:\\${rest.join('\\')}`;
}

/**
 * `C:\data`, `c:/data`, `\\?\C:\data`, `\??\C:\data` → `/wine/drive_c/data`. Null for what has no drive that is
 * mapped, `C:data` (relative to that drive's own folder) and devices.
 */
export function toLinux(name: string, drives: readonly Drive[]): string | null {
  const match = /^(?:[\\/]{2}[?.][\\/]|\\\?\?\\)?([A-Za-z]):(?:[\\/](.*))?$/su.exec(name);
  if (match === null) return null;
  const drive = drives.find((each) => each.letter.toUpperCase() === match[1]?.toUpperCase());
  if (drive === undefined) return null;
  // `..` stops at the drive's root, as it does in Windows.
  const inside = normalise((match[2] ?? '').split(/[\\/]/u));
  return `/${[...normalise(drive.path.split('/')), ...inside].join('/')}`;
}

/** Whether a name of the system file is meant for a Windows program: it begins with a drive. */
export const isWindowsName = (name: string): boolean => /^[A-Za-z]:([\\/]|$)/u.test(name);

function normalise(parts: readonly string[]): string[] {
  const kept: string[] = [];
  for (const part of parts) {
    if (part === '..') kept.pop();
    else if (part !== '' && part !== '.') kept.push(part);
  }
  return kept;
}

const isWithin = (whole: readonly string[], folder: readonly string[]): boolean =>
  folder.every((part, i) => whole[i] === part);
