// One run of a VM at a time, across processes. A lock is a file that names its holder by process id and start, so that
// one whose holder is gone (killed, or before the last boot) is known and taken over.
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

export type Lock = { release(): void };

/** Takes the lock, or gives the process id of its holder. */
export function takeLock(file: string): Lock | { holder: number } {
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, identity(process.pid) ?? '');
  try {
    for (;;) {
      if (linked(mine, file)) return { release: () => rmSync(file, { force: true }) };
      const holder = heldBy(file);
      if (holder !== null) return { holder };
      setAside(file);
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Who holds the lock now, or null. */
export function heldBy(file: string): number | null {
  const text = read(file);
  const pid = Number.parseInt(text ?? '', 10);
  return text !== null && pid > 0 && identity(pid) === text ? pid : null;
}

/** A dead holder's lock. Of those who see it dead only one moves it away; who moves a live one by mistake gives it back. */
function setAside(file: string): void {
  const aside = `${file}.${process.pid}.old`;
  try {
    renameSync(file, aside);
  } catch {
    return; // somebody else did
  }
  if (heldBy(aside) !== null) linked(aside, file);
  rmSync(aside, { force: true });
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** A process id with the boot and the clock tick it began at: numbers come again, this does not. */
function identity(pid: number): string | null {
  const stat = read(`/proc/${pid}/stat`);
  // The name, in parentheses, may hold anything; the start is the twentieth word after it.
  const start = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return start === undefined ? null : `${pid} ${start} ${read('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}`;
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
